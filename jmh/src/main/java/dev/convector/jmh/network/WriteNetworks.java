package dev.convector.jmh.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes the race's networks as ONNX files: a folder, then names; all without any. */
public final class WriteNetworks {
  private WriteNetworks() {}

  public static void main(String[] args) throws IOException {
    if (args.length == 0) {
      throw new IllegalArgumentException("arguments: none; must be a folder, then names if any");
    }
    List<Network> networks =
        args.length == 1 ? Networks.all() : Stream.of(args).skip(1).map(Networks::named).toList();
    for (Network network : networks) {
      Path file = network.write(Path.of(args[0]));
      System.out.printf("%s  %,d bytes%n", file, Files.size(file));
    }
  }
}
