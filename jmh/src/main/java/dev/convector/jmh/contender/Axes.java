package dev.convector.jmh.contender;

/** Changes of memory order, outside of what is measured. */
public final class Axes {
  private Axes() {}

  static float[] toNhwc(float[] nchw, int batch, int channels, int pixels) {
    float[] nhwc = new float[nchw.length];
    for (int n = 0; n < batch; n++) {
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < pixels; p++) {
          nhwc[(n * pixels + p) * channels + c] = nchw[(n * channels + c) * pixels + p];
        }
      }
    }
    return nhwc;
  }

  /** The same transposition with the roles of channels and pixels exchanged. */
  static float[] toNchw(float[] nhwc, int batch, int channels, int pixels) {
    return toNhwc(nhwc, batch, pixels, channels);
  }
}
