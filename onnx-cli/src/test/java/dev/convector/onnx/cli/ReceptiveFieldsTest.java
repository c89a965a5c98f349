package dev.convector.onnx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceptiveFieldsTest {
  private final List<NodeProto> nodes = new ArrayList<>();

  /** Of an output called y, of nodes that begin at x; 3x3, 4x4 and four floats are constants. */
  private void assertField(String expected) {
    List<String> lines =
        ReceptiveFields.of(
                SmallModels.model(
                        nodes,
                        List.of(
                            SmallModels.tensor("3x3", new float[9], 1, 1, 3, 3),
                            SmallModels.tensor("4x4", new float[16], 1, 1, 4, 4),
                            SmallModels.tensor("scales", new float[] {1, 1, 2, 4}, 4)),
                        SmallModels.value("x", 1, 1, 64, 64),
                        SmallModels.value("y", 1, 1, -1, -1))
                    .getGraph())
            .lines();
    assertEquals(List.of("of y: " + expected), lines);
  }

  private void then(
      String operator, String from, String weights, String to, String attribute, long... values) {
    nodes.add(SmallModels.node(operator, List.of(from, weights), to, attribute, values));
  }

  @Test
  void windowsReachByTheStridesBeforeThem() {
    then("Conv", "x", "3x3", "a", "strides", 2, 3);
    then("Conv", "a", "3x3", "y", "dilations", 2, 1);
    assertField("height 11, width 9, one every 2 x 3");
  }

  @Test
  void transposedConvolutionsComeCloser() {
    then("Conv", "x", "3x3", "a", "strides", 2, 2);
    then("ConvTranspose", "a", "4x4", "y", "strides", 2, 2);
    assertField("height 5, width 5, one every 1 x 1");
  }

  @Test
  void poolingIsAWindowAndEnlargingNone() {
    then("MaxPool", "x", "", "a", "kernel_shape", 4, 4);
    then("Resize", "a", "scales", "y", "unused");
    assertField("height 4, width 4, one every 0.50 x 0.25");
  }

  @ParameterizedTest
  @CsvSource({"linear, 3", "cubic, 7"})
  void interpolationSeesTheNeighbours(String mode, int size) {
    then("MaxPool", "x", "", "a", "strides", 2, 2);
    nodes.add(
        SmallModels.node("Resize", List.of("a", "", "scales"), "y").toBuilder()
            .addAttribute(
                AttributeProto.newBuilder().setName("mode").setS(ByteString.copyFromUtf8(mode)))
            .build());
    assertField("height " + size + ", width " + size + ", one every 1 x 0.50");
  }

  @Test
  void branchesSeeAsMuchAsTheWidest() {
    then("Conv", "x", "3x3", "a", "dilations", 1, 1);
    then("Conv", "x", "4x4", "b", "dilations", 1, 2);
    nodes.add(SmallModels.node("Concat", List.of("a", "b", "x"), "y"));
    assertField("height 4, width 7, one every 1 x 1");
  }

  @Test
  void whatIsNoWindowIsNamed() {
    then("Conv", "x", "3x3", "a", "strides", 1, 1);
    nodes.add(SmallModels.node("GlobalAveragePool", List.of("a"), "b"));
    nodes.add(SmallModels.node("Softmax", List.of("b"), "c"));
    nodes.add(SmallModels.node("Mul", List.of("a", "c"), "y"));
    assertField("height 3, width 3; more through GlobalAveragePool");
  }
}
