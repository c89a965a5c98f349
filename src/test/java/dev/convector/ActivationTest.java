package dev.convector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationTest {
  /** The error function to 16 digits: DLMF 7.2 as tabulated by any multiple-precision library. */
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.1, 0.1124629160182849",
    "0.5, 0.5204998778130465",
    "1, 0.8427007929497149",
    "1.5, 0.9661051464753108",
    "2, 0.9953222650189527",
    "2.4, 0.9993114861033549",
    "2.5, 0.9995930479825550",
    "3, 0.9999779095030014",
    "4, 0.9999999845827421",
    "8, 1"
  })
  void geluHoldsTheErrorFunction(double z, double erf) {
    for (double sign : new double[] {1, -1}) {
      double x = sign * z * Math.sqrt(2);
      assertEquals(x / 2 * (1 + sign * erf), Activation.GELU.apply(x), 1e-12 * Math.max(1, z));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-4, 0, 0, -0.04, 0.01798620996209156, -0.07194483984836624, 0, 0, -0.999329299739067",
    "-1, 0, 0, -0.01, 0.2689414213699951, -0.2689414213699951, 0.3333333333333333,"
        + " -0.3333333333333333, -0.7615941559557649",
    "0, 0, 0, 0, 0.5, 0, 0.5, 0, 0",
    "1, 1, 1, 1, 0.7310585786300049, 0.7310585786300049, 0.6666666666666667,"
        + " 0.6666666666666667, 0.7615941559557649",
    "8, 8, 6, 8, 0.9996646498695336, 7.997317198956269, 1, 8, 0.9999997749296758"
  })
  void definitions(
      double x,
      double relu,
      double relu6,
      double leaky,
      double sigmoid,
      double silu,
      double hardSigmoid,
      double hardSwish,
      double tanh) {
    assertEquals(x, Activation.NONE.apply(x));
    assertEquals(relu, Activation.RELU.apply(x));
    assertEquals(relu6, Activation.RELU6.apply(x));
    assertEquals(leaky, Activation.leakyRelu(0.01f).apply(x), 1e-8);
    assertEquals(sigmoid, Activation.SIGMOID.apply(x), 1e-12);
    assertEquals(silu, Activation.SILU.apply(x), 1e-12);
    assertEquals(hardSigmoid, Activation.HARD_SIGMOID.apply(x), 1e-12);
    assertEquals(hardSwish, Activation.HARD_SWISH.apply(x), 1e-12);
    assertEquals(tanh, Activation.TANH.apply(x), 1e-12);
  }

  @ParameterizedTest
  @EnumSource(Activation.Kind.class)
  void nanStays(Activation.Kind kind) {
    assertTrue(Double.isNaN(new Activation(kind, 0, 0).apply(Double.NaN)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Activation.Kind.class,
      names = {"SILU", "HARD_SWISH", "GELU"})
  void factorsThatVanishWinOverMinusInfinity(Activation.Kind kind) {
    assertEquals(0, new Activation(kind, 0, 0).apply(Double.NEGATIVE_INFINITY));
  }

  @Test
  void parametersAreChecked() {
    for (Runnable wrong :
        new Runnable[] {
          () -> Activation.clamp(1, 0),
          () -> Activation.clamp(Float.NaN, 0),
          () -> Activation.clamp(0, Float.NaN),
          () -> Activation.leakyRelu(Float.NaN),
          () -> Activation.leakyRelu(Float.POSITIVE_INFINITY),
          () -> new Activation(Activation.Kind.LEAKY_RELU, 0.1f, 1)
        }) {
      String message = assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
      assertTrue(message.contains("must be"), message);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Activation.Kind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CLAMP", "LEAKY_RELU"})
  void boundsBelongToClampAlone(Activation.Kind kind) {
    refused(kind, 0, 1, "high: 1.0; must be 0 for " + kind);
    refused(kind, -1, 0, "low: -1.0; must be 0 for " + kind);
    refused(kind, Float.NaN, 0, "low: NaN; must be 0 for " + kind);
  }

  private static void refused(Activation.Kind kind, float low, float high, String message) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> new Activation(kind, low, high))
            .getMessage());
  }
}
