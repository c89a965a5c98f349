package dev.convector.jmh.network;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A network with one input and one output.
 *
 * @param name lower case, without spaces
 * @param input {@code [batch, channels, height, width]}
 * @param smallSize a height and width that it can take too, for tests
 * @param picture what its input shows
 * @param source what writes the model
 */
public record Network(
    String name, List<Integer> input, int smallSize, Picture picture, Source source) {
  /** Writes a model. */
  interface Source {
    void write(Network network, OutputStream stream) throws IOException;
  }

  /** The layers of a family. */
  interface Family {
    Flow build(NetworkBuilder builder, Flow input);
  }

  /** With random weights, the same ones each time. */
  static Network random(String name, int channels, int size, int smallSize, Family family) {
    Source source =
        (network, stream) -> {
          NetworkBuilder builder = new NetworkBuilder(network.name);
          builder.write(family.build(builder, builder.input(network.input)), stream);
        };
    return new Network(name, List.of(1, channels, size, size), smallSize, Picture.NOISE, source);
  }

  /** The same for smaller images. */
  public Network small() {
    List<Integer> shape = List.of(input.get(0), input.get(1), smallSize, smallSize);
    return new Network(name, shape, smallSize, picture, source);
  }

  /** The same for several images at a time. */
  public Network ofBatch(int batch) {
    List<Integer> shape = List.of(batch, input.get(1), input.get(2), input.get(3));
    return new Network(name, shape, smallSize, picture, source);
  }

  public int batch() {
    return input.getFirst();
  }

  /** Writes {@code name.onnx}, of several images {@code name-x8.onnx}. */
  public Path write(Path folder) throws IOException {
    String images = batch() == 1 ? "" : "-x" + batch();
    Path file = Files.createDirectories(folder).resolve(name + images + ".onnx");
    try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file))) {
      source.write(this, stream);
    }
    return file;
  }

  /** An input, the same each time, from -1 to 1. */
  public float[] pixels() {
    return picture.pixels(input);
  }
}
