package dev.convector.onnx.internal.format;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.convector.onnx.OnnxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Weights in files beside the model's, and nowhere else. */
public final class ExternalData {
  /** Of a model that did not come from a file. */
  public static final ExternalData NONE = new ExternalData(null);

  private final Path folder;

  /**
   * @param folder null for none
   */
  public ExternalData(Path folder) {
    this.folder = folder;
  }

  /**
   * The bytes of a tensor.
   *
   * @param size how many it must have
   */
  ByteBuffer read(TensorProto tensor, long size) {
    Map<String, String> where = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      where.put(entry.getKey(), entry.getValue());
    }
    String what = "external data of " + tensor.getName() + ": ";
    if (folder == null) {
      throw new OnnxException(what + "the model was not loaded from a file");
    }
    try {
      Path file = inside(what, where.getOrDefault("location", ""));
      try (FileChannel channel = FileChannel.open(file)) {
        long offset = Long.parseLong(where.getOrDefault("offset", "0"));
        long length = Long.parseLong(where.getOrDefault("length", Long.toString(size)));
        if (length != size || offset < 0 || offset > channel.size() - length) {
          throw new OnnxException(
              what
                  + length
                  + " bytes from "
                  + offset
                  + " on; must be "
                  + size
                  + " and in the file");
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
        while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {}
        return bytes.flip();
      }
    } catch (IOException | NumberFormatException | ArithmeticException failure) {
      throw new OnnxException(what + "can't be read: " + failure, failure);
    }
  }

  /** Symbolic links are followed first, so that they don't lead outside either. */
  private Path inside(String what, String location) throws IOException {
    try {
      Path file = folder.resolve(location);
      if (!location.isEmpty() && !Path.of(location).isAbsolute()) {
        Path real = file.toRealPath();
        if (real.startsWith(folder.toRealPath())) {
          return real;
        }
      }
    } catch (InvalidPathException unusable) {
      throw new OnnxException(what + "location " + location + " is no path", unusable);
    }
    throw new OnnxException(
        what + "location '" + location + "'; must be relative and inside the model's folder");
  }
}
