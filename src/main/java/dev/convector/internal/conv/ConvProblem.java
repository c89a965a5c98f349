package dev.convector.internal.conv;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.ConvShape;
import dev.convector.Layout;

/** All that an algorithm needs to know to accept or refuse a convolution. */
public record ConvProblem(
    ConvShape shape, Layout layout, Activation activation, Accuracy accuracy) {

  public boolean channelsLast() {
    return layout == Layout.NHWC;
  }
}
