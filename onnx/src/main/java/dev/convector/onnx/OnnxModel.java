package dev.convector.onnx;

import dev.convector.onnx.internal.format.ExternalData;
import dev.convector.onnx.internal.format.ModelReader;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Value;
import dev.convector.onnx.internal.operator.Operators;
import dev.convector.onnx.internal.rewrite.Rewriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A network in the ONNX format, read and simplified: constants worked out, normalisations and
 * activations made part of the convolutions before them.
 *
 * <pre>{@code
 * OnnxModel model = OnnxModel.load(Path.of("resnet50.onnx"));
 * Session session = model.session();
 * Map<String, Tensor> out = session.run(Map.of("x", Tensor.of(pixels, 1, 3, 224, 224)));
 * }</pre>
 *
 * <p>Opsets 1 to 22. What is not supported is refused when the model is loaded, all of it in one
 * message; what depends on shapes, when they are known.
 *
 * <p>Immutable, thread-safe.
 */
public final class OnnxModel {
  private final Graph graph;
  private final List<ValueInfo> inputs;
  private final List<ValueInfo> outputs;

  private OnnxModel(Graph read) {
    Operators.requireSupported(read);
    this.inputs = read.inputs().stream().map(Value::declared).toList();
    this.outputs = read.outputs().stream().map(Value::declared).toList();
    this.graph = rewritten(read);
  }

  /** What no check has foreseen is the model's fault all the same. */
  private static Graph rewritten(Graph read) {
    try {
      return Rewriter.rewrite(read);
    } catch (OnnxException broken) {
      throw broken;
    } catch (RuntimeException broken) {
      throw new OnnxException("model: can't be simplified: " + broken, broken);
    } catch (OutOfMemoryError full) {
      throw new OnnxException("model: doesn't fit the memory", full);
    }
  }

  /**
   * Reads a file; weights that lie outside it are looked for in its folder.
   *
   * <p>Large weights stay in their files, and are read when a session packs them for its
   * convolutions. So the files stay open as long as the model or a session lives; they may be
   * deleted or replaced meanwhile, but not changed where they are, which is refused. Of other file
   * systems than the default one, everything is read at once.
   *
   * @param file the model
   * @return the model
   * @throws OnnxException if the file can't be read, is no model, or needs what is not supported
   */
  public static OnnxModel load(Path file) {
    Path folder = Objects.requireNonNull(file, "file").toAbsolutePath().getParent();
    ExternalData external = new ExternalData(folder);
    try {
      return new OnnxModel(
          file.getFileSystem() == FileSystems.getDefault()
              ? ModelReader.read(file.toAbsolutePath(), external)
              : ModelReader.read(Files.readAllBytes(file), external));
    } catch (IOException | OutOfMemoryError failure) {
      throw new OnnxException(file + ": can't be read: " + failure, failure);
    }
  }

  /**
   * Reads a stream to its end, and leaves it open.
   *
   * @param stream holds the model
   * @return the model
   * @throws OnnxException if the stream can't be read, is no model, or needs what is not supported
   */
  public static OnnxModel load(InputStream stream) {
    Objects.requireNonNull(stream, "stream");
    try {
      return load(stream.readAllBytes());
    } catch (IOException | OutOfMemoryError failure) {
      throw new OnnxException("model: can't be read: " + failure, failure);
    }
  }

  /**
   * Reads bytes.
   *
   * @param bytes the model; not changed, and not to be changed before this returns
   * @return the model
   * @throws OnnxException if the bytes are no model, or need what is not supported
   */
  public static OnnxModel load(byte[] bytes) {
    return new OnnxModel(
        ModelReader.read(Objects.requireNonNull(bytes, "bytes"), ExternalData.NONE));
  }

  /**
   * What a run needs.
   *
   * @return the inputs in the model's order, without those that have a constant value
   */
  public List<ValueInfo> inputs() {
    return inputs;
  }

  /**
   * What a run gives.
   *
   * @return the outputs in the model's order
   */
  public List<ValueInfo> outputs() {
    return outputs;
  }

  /**
   * Prepares runs with the default options.
   *
   * @return a session
   * @throws OnnxException if all shapes are known and something about them is not supported
   */
  public Session session() {
    return session(SessionOptions.defaults());
  }

  /**
   * Prepares runs.
   *
   * @param options how they run
   * @return a session
   * @throws OnnxException if the shapes that are known don't fit the model or need what is not
   *     supported
   */
  public Session session(SessionOptions options) {
    return new Session(this, Objects.requireNonNull(options, "options"));
  }

  /** For the session. */
  Graph graph() {
    return graph;
  }
}
