package dev.convector.onnx;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bytes that coverage leads to: an OnnxException or a model, and nothing else. Inputs that failed
 * are written to the working folder; as a test they belong into {@link HostileModelTest}.
 */
class ModelFuzz {
  /** Small ones, so that many are tried, and what other runs were led to. */
  static Stream<byte[]> models() {
    ModelWriter sum = new ModelWriter(13);
    String y = sum.node("Add", sum.input("x", 1, 2), sum.floats(new float[2], 2));
    ModelWriter conv = new ModelWriter(13);
    String z =
        conv.node("Conv", conv.input("x", 1, 1, 4, 4), conv.floats(new float[9], 1, 1, 3, 3));
    ModelWriter shapes = new ModelWriter(13);
    String shape = shapes.node("Shape", shapes.input("x", 1, 2, 3));
    Stream<byte[]> small =
        Stream.of(
            sum.build(y),
            conv.build(conv.node("Relu", z)),
            shapes.build(shapes.node("Expand", "x", shape)));
    return Stream.concat(small, FuzzedModels.all());
  }

  @MethodSource("models")
  @FuzzTest(maxDuration = "3m")
  void load(byte[] bytes) {
    try {
      OnnxModel.load(bytes).session();
    } catch (OnnxException refused) {
      if (refused.getMessage() == null) {
        throw new AssertionError("refused without a reason", refused);
      }
    }
  }
}
