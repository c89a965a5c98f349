package dev.convector.internal.dense;

import dev.convector.ConvShape;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.problem.TapRanges;
import java.util.List;

/**
 * A convolution computed directly: one phase. A channels-first input is transposed into a strip in
 * scratch, as much as a block of pixels needs.
 */
public final class DenseConv extends DensePhaseConv {
  public DenseConv(ConvProblem problem, float[] weights, float[] bias) {
    this(
        problem.flattened(),
        DenseWeights.pack(problem.shape(), weights),
        Epilogue.of(problem, bias));
  }

  private DenseConv(ConvProblem problem, DenseWeights weights, Epilogue epilogue) {
    this(problem, weights, epilogue, PixelBlocks.cutBatch(problem.shape(), blockPixels(problem)));
  }

  private DenseConv(
      ConvProblem problem, DenseWeights weights, Epilogue epilogue, PixelBlocks blocks) {
    super(
        problem,
        problem.shape(),
        List.of(phase(problem.shape())),
        weights,
        epilogue,
        blocks,
        problem.channelsLast() ? null : strip(problem.shape(), blocks));
  }

  private static DensePhase phase(ConvShape s) {
    return new DensePhase(
        PhaseAxis.of(s.rows()),
        PhaseAxis.of(s.columns()),
        0,
        TapRanges.rows(s),
        TapRanges.columns(s));
  }

  private static InputStrip strip(ConvShape s, PixelBlocks blocks) {
    return new InputStrip(s, false, Border.NONE, InputStrip.Windows.all(s), s.channels(), blocks);
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    return new DenseConv(problem.flattened(), weights, epilogue);
  }

  /** Why a problem can't be computed; null if it can. */
  public static String refusal(ConvProblem problem) {
    String weights = DenseWeights.refusal(problem.shape());
    if (weights != null || problem.channelsLast()) {
      return weights;
    }
    long floats = stripFloats(problem.flattened().shape(), 1);
    return floats > Blocking.STRIP_FLOATS
        ? "needs the input below one kernel, "
            + floats
            + " elements, to fit "
            + Blocking.STRIP_FLOATS
        : null;
  }

  /** How often the strips of a channels-first image's blocks hold the same pixel. */
  public static double copies(ConvProblem problem) {
    ConvShape s = problem.shape();
    int pixels = blockPixels(problem);
    int rows = Math.clamp(pixels / s.outputWidth(), 1, s.outputHeight());
    return InputStrip.copies(s, Border.NONE, rows, Math.min(pixels, s.outputWidth()));
  }

  private static int blockPixels(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (problem.channelsLast()) {
      return Blocking.directRows(s.groupChannels() * s.kernelHeight() * s.kernelWidth());
    }
    int pixels = Blocking.DIRECT_ROWS;
    while (pixels > 1 && stripFloats(s, pixels) > Blocking.STRIP_FLOATS) {
      pixels /= 2;
    }
    return pixels;
  }

  private static long stripFloats(ConvShape shape, int pixels) {
    int rows = Math.clamp(pixels / shape.outputWidth(), 1, shape.outputHeight());
    int columns = Math.min(pixels, shape.outputWidth());
    long plane = (long) shape.outputHeight() * shape.outputWidth();
    long images = Math.clamp(pixels / plane, 1, shape.batch());
    return images * InputStrip.floats(shape, Border.NONE, shape.channels(), rows, columns);
  }

  @Override
  protected UnitCost cost() {
    return inputFloats() == 0
        ? super.cost()
        : super.cost().loading(shape.inputSize(), true, halo());
  }
}
