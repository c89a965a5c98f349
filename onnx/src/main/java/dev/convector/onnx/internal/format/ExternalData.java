package dev.convector.onnx.internal.format;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.convector.onnx.OnnxException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Weights in files beside the model's, and nowhere else. */
public final class ExternalData {
  /** Of a model that did not come from a file. */
  public static final ExternalData NONE = new ExternalData(null);

  private final Path folder;
  private final Map<Path, WeightFile> files = new HashMap<>();

  /**
   * @param folder null for none
   */
  public ExternalData(Path folder) {
    this.folder = folder;
  }

  /**
   * Where the bytes of a tensor lie.
   *
   * @param size how many it must have
   */
  WeightFile.Range range(TensorProto tensor, long size) {
    Map<String, String> where = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      where.put(entry.getKey(), entry.getValue());
    }
    String what = "external data of " + tensor.getName() + ": ";
    if (folder == null || folder.getFileSystem() != FileSystems.getDefault()) {
      throw new OnnxException(what + "the model was not loaded from a file of the file system");
    }
    try {
      WeightFile file = open(inside(what, where.getOrDefault("location", "")));
      long offset = Long.parseLong(where.getOrDefault("offset", "0"));
      long length = Long.parseLong(where.getOrDefault("length", Long.toString(size)));
      if (length != size) {
        throw new OnnxException(what + length + " bytes; must be " + size + " by its shape");
      }
      return file.range(offset, length);
    } catch (IOException | NumberFormatException failure) {
      throw new OnnxException(what + "can't be read: " + failure, failure);
    }
  }

  private WeightFile open(Path path) throws IOException {
    WeightFile file = files.get(path);
    if (file == null) {
      file = new WeightFile(path);
      files.put(path, file);
    }
    return file;
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
