package dev.convector.jmh.layer;

/** Kinds of convolutions that different code computes, in this library as in others. */
public enum LayerClass {
  DENSE_1X1("dense 1x1"),
  DENSE_3X3("dense 3x3"),
  DENSE_OTHER("other dense"),
  FIRST("first layers"),
  DEPTHWISE("depthwise"),
  GROUPED("grouped"),
  FULLY_CONNECTED("fully connected");

  /** More channels than a picture has, with a mask or depth, are not a first layer's. */
  static final int FIRST_CHANNELS = 4;

  private final String title;

  LayerClass(String title) {
    this.title = title;
  }

  /** In words. */
  public String title() {
    return title;
  }

  /** Of a convolution; images of one pixel make it fully connected whatever their channels. */
  public static LayerClass of(Layer layer) {
    if (layer.groups() > 1) {
      return layer.depthwise() ? DEPTHWISE : GROUPED;
    }
    if (layer.height() == 1 && layer.width() == 1) {
      return FULLY_CONNECTED;
    }
    if (layer.channels() <= FIRST_CHANNELS) {
      return FIRST;
    }
    if (layer.kernelHeight() == 1 && layer.kernelWidth() == 1) {
      return DENSE_1X1;
    }
    return layer.kernelHeight() == 3 && layer.kernelWidth() == 3 ? DENSE_3X3 : DENSE_OTHER;
  }
}
