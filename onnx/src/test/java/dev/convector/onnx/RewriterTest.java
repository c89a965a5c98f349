package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is left of a model's nodes. That results stay the same, {@link NetworksTest} checks. */
class RewriterTest {
  private static final Map<String, byte[]> MODELS = Networks.all();

  private static String left(String network) {
    return OnnxModel.load(MODELS.get(network)).graph().nodes().stream()
        .map(node -> node.operator().replace("dev.convector.", ""))
        .collect(Collectors.joining(" "));
  }

  @Test
  void normalisationsActivationsAndSumsBecomePartOfConvolutions() {
    assertEquals("Conv Conv Conv Conv GlobalAveragePool Flatten Gemm", left("ResNet"));
    assertEquals("Conv Conv Conv", left("MobileNet v2"));
  }

  @Test
  void activationsAreFoundWhereTheyAreSpelledOut() {
    assertEquals("Conv GlobalAveragePool Conv Conv Mul", left("MobileNet v3"));
    assertEquals("Conv Transpose LayerNormalization MatMul MatMul Transpose Add", left("ConvNeXt"));
  }

  @Test
  void anActivationIsNotTakenWhereItsInputIsReadElsewhere() {
    ModelWriter writer = new ModelWriter(13);
    String conv = writer.conv(writer.input("x", 1, 8, 6, 6), 8, 8, 3, 1, 1);
    byte[] model = writer.build(writer.node("Relu", conv), conv);
    assertEquals(
        "Conv Relu",
        OnnxModel.load(model).graph().nodes().stream()
            .map(node -> node.operator())
            .collect(Collectors.joining(" ")));
  }

  @Test
  void scalesBehindActivationsBecomeOneStepOrPartOfTheNextConvolution() {
    assertEquals("Conv Affine Conv Conv Conv", left("PP-OCR"));
  }

  @Test
  void aResidualOfAnotherShapeIsAddedByAStepOfItsOwn() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 8, 6, 6);
    String mean = writer.node("GlobalAveragePool", x);
    String sum = writer.node("Add", mean, writer.conv(x, 8, 8, 3, 1, 1));
    byte[] model = writer.build(writer.node("Relu", sum));
    Tensor input = NetworksTest.random(1, 8, 6, 6);
    float[] out =
        OnnxModel.load(model).session().run(Map.of("x", input)).values().iterator().next().floats();
    NetworksTest.assertClose(Plain.run(model, input), out, 1e-5);
  }
}
