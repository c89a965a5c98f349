package dev.convector.jmh.regression;

import dev.convector.jmh.layer.Layer;

/**
 * What is compared: a layer in a layout.
 *
 * @param layer a convolution or another operation; of a matrix product (network {@code gemm}) the
 *     fully connected layer of its sizes; of a separable block (network {@code separable}) a dense
 *     layer of its kernel
 * @param layout of input and output
 * @param algorithm name of one of {@code dev.convector.Algorithm}; only of a plain convolution
 */
public record Case(Layer layer, String layout, String algorithm) {
  static final String AUTO = "AUTO";

  /** Which part of the public face computes a case. */
  enum Kind {
    CONVOLUTION(ConvSubject.class),
    FAMILY(FamilySubject.class),
    WEIGHTS_GRADIENT(WeightsGradientSubject.class),
    SEPARABLE(SeparableSubject.class),
    GEMM(GemmSubject.class);

    private final String subject;

    Kind(Class<? extends Subject> subject) {
      this.subject = subject.getName();
    }

    /** Name of the class that does it, to be loaded for each version. */
    String subject() {
      return subject;
    }
  }

  Kind kind() {
    return switch (layer.network()) {
      case "gemm" -> Kind.GEMM;
      case "separable" -> Kind.SEPARABLE;
      default ->
          switch (layer.operation()) {
            case FORWARD -> Kind.CONVOLUTION;
            case BACKWARD_WEIGHTS -> Kind.WEIGHTS_GRADIENT;
            default -> Kind.FAMILY;
          };
    };
  }

  /** The layer's name, with the algorithm where one is forced. */
  String name() {
    return algorithm.equals(AUTO) ? layer.name() : layer.name() + "," + algorithm;
  }
}
