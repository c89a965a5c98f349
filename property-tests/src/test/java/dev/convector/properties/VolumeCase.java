package dev.convector.properties;

import static dev.convector.properties.ConvCase.call;

import dev.convector.Axis;
import dev.convector.Conv3dShape;
import dev.convector.Layout;
import dev.convector.PaddingMode;

/**
 * A convolution of one, two or three dimensions and all it is run on; the axes that it has not are
 * of size 1. Its text is the Java expression that rebuilds it.
 *
 * @param shape the sizes
 * @param mode what the padding holds
 * @param options layout, activation, accuracy, kernel
 * @param bias whether there is a bias
 * @param residual whether a residual is added
 * @param offset elements before the input and before the output
 * @param threads where it runs
 * @param values what the arrays are filled with
 * @param seed of the values
 */
record VolumeCase(
    Conv3dShape shape,
    PaddingMode mode,
    ConvCases.Options options,
    boolean bias,
    Residual residual,
    int offset,
    Threads threads,
    Values values,
    long seed)
    implements RunCase {

  @Override
  public Layout layout() {
    return options.layout();
  }

  @Override
  public int batch() {
    return shape.batch();
  }

  @Override
  public int channels() {
    return shape.channels();
  }

  @Override
  public int weightsSize() {
    return shape.weightsSize();
  }

  @Override
  public int filters() {
    return shape.filters();
  }

  @Override
  public int inputSize() {
    return shape.inputSize();
  }

  @Override
  public int outputSize() {
    return shape.outputSize();
  }

  @Override
  public int srcOffset() {
    return offset;
  }

  @Override
  public int dstOffset() {
    return offset;
  }

  /** The same, every second one of floats: their sums' bits tell of an order that varies. */
  VolumeCase alsoOfFloats() {
    return seed % 2 == 0 ? this : with(Values.FLOATS);
  }

  VolumeCase with(Values other) {
    return new VolumeCase(shape, mode, options, bias, residual, offset, threads, other, seed);
  }

  VolumeCase with(Conv3dShape otherShape, PaddingMode other) {
    return new VolumeCase(
        otherShape, other, options, bias, residual, offset, threads, values, seed);
  }

  @Override
  public String toString() {
    return "new VolumeCase(new Conv3dShape("
        + shape.batch()
        + ", "
        + shape.channels()
        + ", "
        + text(shape.depth())
        + ", "
        + text(shape.rows())
        + ", "
        + text(shape.columns())
        + ", "
        + shape.filters()
        + ", "
        + shape.groups()
        + "), PaddingMode."
        + mode
        + ", new ConvCases.Options(Layout."
        + options.layout()
        + ", "
        + ConvCase.text(options.activation())
        + ", Accuracy."
        + options.accuracy()
        + ", "
        + options.flipKernel()
        + "), "
        + bias
        + ", Residual."
        + residual
        + ", "
        + offset
        + ", Threads."
        + threads
        + ", Values."
        + values
        + ", "
        + seed
        + "L)";
  }

  private static String text(Axis a) {
    return "new "
        + call("Axis", a.size(), a.kernel(), a.stride(), a.dilation(), a.padBefore(), a.padAfter())
            .substring(1);
  }
}
