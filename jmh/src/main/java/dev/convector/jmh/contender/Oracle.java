package dev.convector.jmh.contender;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.Conv3dShape;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import dev.convector.reference.ReferenceConv2d;
import dev.convector.reference.ReferenceConv2dBackward;
import dev.convector.reference.ReferenceConv3d;
import dev.convector.reference.ReferenceConvTranspose2d;
import dev.convector.reference.ReferencePool2d;
import dev.convector.reference.ReferenceUpsample2d;

/** What every contender's result is held against: the library's scalar definitions, NCHW. */
public final class Oracle {
  private static final Layout NCHW = Layout.NCHW;

  private Oracle() {}

  static float[] run(ConvTask task) {
    Layer layer = task.layer();
    float[] result = new float[layer.resultElements()];
    switch (layer.operation()) {
      case VOLUME -> System.arraycopy(volume(task), 0, result, 0, result.length);
      case FORWARD -> forward(task, result);
      case CIRCULAR, REFLECT, REPLICATE ->
          System.arraycopy(padded(task), 0, result, 0, result.length);
      case TRANSPOSED -> transposed(task, result);
      case BACKWARD_DATA -> backwardData(task, result);
      case BACKWARD_WEIGHTS -> backwardWeights(task, result);
      case MAX_POOL, AVERAGE_POOL ->
          ReferencePool2d.run(layer.pool(NCHW), task.src(NCHW), 0, result, 0, null);
      case NEAREST, BILINEAR ->
          ReferenceUpsample2d.run(layer.upsample(NCHW), task.src(NCHW), 0, result, 0);
    }
    return result;
  }

  private static void forward(ConvTask task, float[] dst) {
    var shape = task.layer().conv(NCHW, Accuracy.STRICT).shape();
    float[] src = task.src(NCHW);
    ReferenceConv2d.run(
        shape, NCHW, false, Activation.NONE, task.weights(), task.bias(), src, 0, null, 0, dst, 0);
  }

  /** As a volume of one slice, whose definition knows what lies in the padding. */
  private static float[] padded(ConvTask task) {
    var conv = task.layer().conv(NCHW, Accuracy.STRICT);
    ConvShape s = conv.shape();
    var slice =
        new Conv3dShape(
            s.batch(), s.channels(), Axis.of(1), s.rows(), s.columns(), s.filters(), s.groups());
    return new ReferenceConv3d(slice, conv.paddingMode(), NCHW, false)
        .run(task.weights(), task.bias(), task.src(NCHW), null, Activation.NONE);
  }

  private static float[] volume(ConvTask task) {
    var conv = task.layer().conv3d(NCHW);
    return new ReferenceConv3d(conv.shape(), conv.paddingMode(), NCHW, false)
        .run(task.weights(), task.bias(), task.src(NCHW), null, Activation.NONE);
  }

  private static void transposed(ConvTask task, float[] dst) {
    var shape = task.layer().convTranspose(NCHW).shape();
    float[] src = task.src(NCHW);
    ReferenceConvTranspose2d.run(
        shape, NCHW, false, Activation.NONE, task.weights(), task.bias(), src, 0, null, 0, dst, 0);
  }

  private static void backwardData(ConvTask task, float[] dst) {
    var shape = task.layer().conv(NCHW, Accuracy.STRICT).shape();
    ReferenceConv2dBackward.data(
        shape, NCHW, false, task.weights(), task.outputGradient(NCHW), 0, dst, 0);
  }

  private static void backwardWeights(ConvTask task, float[] dst) {
    var shape = task.layer().conv(NCHW, Accuracy.STRICT).shape();
    float[] gradient = task.outputGradient(NCHW);
    ReferenceConv2dBackward.weights(shape, NCHW, false, task.src(NCHW), 0, gradient, 0, dst, 0);
    int pixels = shape.outputHeight() * shape.outputWidth();
    ReferenceConv2dBackward.bias(
        NCHW,
        shape.batch(),
        shape.filters(),
        pixels,
        gradient,
        0,
        dst,
        task.layer().weightElements());
  }
}
