package dev.convector.internal.block;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.RegisterTile;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.Panels;
import dev.convector.internal.simd.Simd;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Where the results of one panel of filters go, for a rectangle of pixels. Rows of several images
 * are counted through, since channels-last they follow one another.
 *
 * <p>Whole vectors of a channels-last output are computed in place. All others (a channels-first
 * output, filters that don't fill their last vector) are computed in a staging area in scratch,
 * {@code [pixels][staged step]} in the order of the image, and moved. A residual is put in place
 * first, so that the kernels start from it.
 *
 * <p>Moving a pixel takes 12 cycles, as long as the products of 24 channels with 16 filters. Where
 * an algorithm stores pixels in order, filters that don't fill their last vector are computed in
 * place all the same: the lanes left over spoil the beginning of the pixels behind, which are
 * stored later. Only the block's last pixels are staged. Of several groups whose filters don't fill
 * their last vector, each spoils the beginning of the next, which is computed later: only the last
 * is staged. Where each filter's sums are its own, its last vector may end with the last filter
 * instead, and repeat some before it.
 */
public final class OutputPanel {
  /**
   * Filters of a pixel that get their activation in one loop: those of a panel are 4 vectors, for
   * which the loop costs more than what it does.
   */
  private static final int ACTIVATED_TOGETHER = 256;

  private final ConvShape shape;
  private final boolean channelsLast;
  private final Epilogue epilogue;
  private final int panelFloats;

  /** Whether all filters are one panel that is staged as it lies in the output. */
  private final boolean stagesAll;

  /** The last pixels of an overlapping block. */
  private final int stagedEnd;

  private final int outputWidth;
  private final int planeSize;

  /**
   * @param panelFloats floats of a pixel where a panel is staged
   */
  public OutputPanel(ConvShape shape, boolean channelsLast, Epilogue epilogue, int panelFloats) {
    this(shape, channelsLast, epilogue, panelFloats, false, stagedEnd(shape));
  }

  private OutputPanel(
      ConvShape shape,
      boolean channelsLast,
      Epilogue epilogue,
      int panelFloats,
      boolean stagesAll,
      int stagedEnd) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.epilogue = epilogue;
    this.panelFloats = panelFloats;
    this.stagesAll = stagesAll;
    this.stagedEnd = stagedEnd;
    this.outputWidth = shape.outputWidth();
    this.planeSize = shape.outputHeight() * outputWidth;
  }

  /**
   * Of channels-last outputs of one panel, whose results are staged in the order of memory, without
   * gaps.
   *
   * @param stagedEnd the last pixels of a block whose others are stored in place
   */
  static OutputPanel stagingAll(ConvShape shape, Epilogue epilogue, int stagedEnd) {
    return new OutputPanel(shape, true, epilogue, shape.filters(), true, stagedEnd);
  }

  /** Floats of the staging area that blocks of so many pixels need. */
  int stagingFloats(Panels panels, int pixels) {
    for (int panel = 0; panel < panels.panels(); panel++) {
      if (isStaged(panels.columns(panel))) {
        return pixels * panelFloats;
      }
    }
    return 0;
  }

  /** Whether a run of all panels, stored in order, may overlap. */
  boolean mayOverlap(BlockRun run) {
    boolean isLine = run.images == 1 && (run.width() == outputWidth || run.lines() == 1);
    return channelsLast
        && (stagesAll || shape.groups() == 1 && shape.filters() % LANES != 0)
        && isLine
        && run.operands.residual == null
        && !run.operands.hasResultDistance()
        && run.pixels() >= 2 * stagedEnd;
  }

  /**
   * Whether a run of all panels may compute filters again that have their results: not where these
   * are more than the sum of products, clamped.
   */
  boolean mayRepeat(BlockRun run) {
    return channelsLast
        && shape.filters() >= LANES
        && run.operands.residual == null
        && epilogue.isClamp();
  }

  /** At least a tile of those that must be staged. */
  private static int stagedEnd(ConvShape shape) {
    int spoiled = LANES - shape.filters() % LANES;
    return Math.max(RegisterTile.MR, Math.ceilDiv(spoiled, shape.filters()));
  }

  private boolean isStaged(int columns) {
    return stagesAll || !channelsLast || columns % LANES != 0;
  }

  /** Whether whole vectors reach no further than the filters of panels that are yet to come. */
  private boolean spoilsLaterPanels(BlockRun run) {
    return channelsLast
        && !stagesAll
        && run.operands.residual == null
        && run.filter + Simd.roundUp(run.columns) <= run.endFilter;
  }

  /**
   * Finds the place of a panel's results, and puts the residual there if there is one.
   *
   * @param withBias whether the bias too; else the kernels add both, and a residual that lies where
   *     the results go stays as it is
   */
  void begin(BlockRun run, boolean withBias) {
    run.staged =
        isStaged(run.columns) && !run.overlapping && !run.repeating && !spoilsLaterPanels(run);
    run.stagedEnd = run.overlapping && isStaged(run.columns) ? stagedEnd : 0;
    run.stagedStep = panelFloats;
    float[] output = run.staged ? run.scratch.floats : run.operands.dst;
    if (run.output != output) {
      run.output = output;
    }
    if (run.staged) {
      run.outputOffset = run.staging;
      run.pixelStep = panelFloats;
      run.rowStep = run.width() * panelFloats;
    } else {
      run.pixelStep = run.operands.resultPixel(shape.filters());
      run.rowStep = outputWidth * run.pixelStep;
      run.outputOffset =
          run.operands.dstOffset + pixelOffset(run, run.row, run.pixelStep) + run.filter;
    }
    run.started = run.operands.residual != null;
    if (run.started) {
      if (run.staged) {
        stageResidual(run);
        if (withBias) {
          addBias(run);
        }
      } else if (withBias) {
        addResidual(run);
      } else if (!isInPlace(run.operands)) {
        copyResidual(run);
      }
    }
  }

  /** Applies an activation that the kernels' store could not, and moves what was staged. */
  void finish(BlockRun run) {
    if (run.staged) {
      if (!epilogue.isClamp()) {
        epilogue.activate(run.output, run.staging, run.pixels() * run.stagedStep);
      }
      unstage(run);
      return;
    }
    if (run.stagedEnd > 0) {
      unstageEnd(run);
    } else if (!epilogue.isClamp()) {
      if (run.filter != run.endActivation) {
        activate(run);
        run.firstActivation = run.filter;
      }
      run.endActivation = run.filter + run.columns;
      if (run.endActivation - run.firstActivation >= ACTIVATED_TOGETHER) {
        activate(run);
      }
    }
  }

  /** After a block's last panel. */
  void end(BlockRun run) {
    if (run.overlapping && !epilogue.isClamp()) {
      run.endActivation = shape.filters();
    }
    activate(run);
  }

  /**
   * Applies the activation to the filters in place that it waits for, of all the block's pixels.
   */
  private void activate(BlockRun run) {
    int count = run.endActivation - run.firstActivation;
    if (count == 0) {
      return;
    }
    int step = run.operands.resultPixel(shape.filters());
    boolean together = count == step;
    int first = run.operands.dstOffset + run.firstActivation;
    for (int row = run.row; row < run.row + run.lines(); row++) {
      int at = first + pixelOffset(run, row, step);
      if (together) {
        epilogue.activate(run.operands.dst, at, run.width() * count);
      }
      for (int q = 0; q < run.width() && !together; q++, at += step) {
        epilogue.activate(run.operands.dst, at, count);
      }
    }
    run.firstActivation = run.endActivation;
  }

  /**
   * Index in channels-last images of filter 0 of the rectangle's first pixel of a row.
   *
   * @param step floats from one pixel to the next
   */
  private int pixelOffset(BlockRun run, int row, int step) {
    return (run.image * planeSize + row * outputWidth + run.column) * step;
  }

  /**
   * Index in a channels-first image of the first pixel of a line, for the first filter.
   *
   * @param plane floats from one filter's plane to the next
   */
  private int planeOffset(BlockRun run, int line, int plane) {
    boolean whole = run.width() == outputWidth;
    int image = run.image + (whole ? line : 0);
    int row = run.row + (whole ? 0 : line);
    return (image * shape.filters() + run.filter) * plane + row * outputWidth + run.column;
  }

  private static boolean isInPlace(Operands operands) {
    return operands.residual == operands.dst && operands.residualOffset == operands.dstOffset;
  }

  private void copyResidual(BlockRun run) {
    float[] residual = run.operands.residual;
    int shift = run.operands.residualOffset - run.operands.dstOffset;
    for (int i = 0; i < run.lines(); i++) {
      int at = run.outputOffset + i * run.rowStep;
      for (int q = 0; q < run.width(); q++, at += run.pixelStep) {
        copy(residual, at + shift, run.output, at, run.columns);
      }
    }
  }

  private void addResidual(BlockRun run) {
    float[] residual = run.operands.residual;
    int shift = run.operands.residualOffset - run.operands.dstOffset;
    for (int i = 0; i < run.lines(); i++) {
      int at = run.outputOffset + i * run.rowStep;
      for (int q = 0; q < run.width(); q++, at += run.pixelStep) {
        for (int j = 0; j < run.columns; j += LANES) {
          FloatVector.fromArray(SPECIES, residual, at + shift + j)
              .add(FloatVector.fromArray(SPECIES, epilogue.bias(), run.filter + j))
              .intoArray(run.output, at + j);
        }
      }
    }
  }

  private void addBias(BlockRun run) {
    int end = run.staging + run.pixels() * run.stagedStep;
    for (int j = 0; j < run.columns; j += LANES) {
      FloatVector bias = FloatVector.fromArray(SPECIES, epilogue.bias(), run.filter + j);
      for (int at = run.staging + j; at < end; at += run.stagedStep) {
        FloatVector.fromArray(SPECIES, run.output, at).add(bias).intoArray(run.output, at);
      }
    }
  }

  /** Brings the residual to the staging area, without the bias. */
  public void stageResidual(BlockRun run) {
    float[] residual = run.operands.residual;
    float[] staged = run.scratch.floats;
    int to = run.staging;
    if (channelsLast) {
      for (int row = run.row; row < run.row + run.lines(); row++) {
        int from =
            run.operands.residualOffset + pixelOffset(run, row, shape.filters()) + run.filter;
        if (stagesAll) {
          int floats = run.width() * run.columns;
          System.arraycopy(residual, from, staged, to, floats);
          to += floats;
          continue;
        }
        for (int q = 0; q < run.width(); q++, from += shape.filters(), to += run.stagedStep) {
          copy(residual, from, staged, to, run.columns);
        }
      }
      return;
    }
    int length = lineLength(run);
    int plane = run.operands.resultPlane(planeSize);
    for (int line = 0; line < lines(run); line++) {
      int from = run.operands.residualOffset + planeOffset(run, line, plane);
      Transpose.run(residual, from, plane, run.columns, length, staged, to, run.stagedStep);
      to += length * run.stagedStep;
    }
  }

  /** Moves staged results to the output. */
  public void unstage(BlockRun run) {
    float[] staged = run.scratch.floats;
    float[] dst = run.operands.dst;
    int from = run.staging;
    if (channelsLast) {
      int step = run.operands.resultPixel(shape.filters());
      for (int row = run.row; row < run.row + run.lines(); row++) {
        int to = run.operands.dstOffset + pixelOffset(run, row, step) + run.filter;
        unstage(run, from, to, run.width());
        from += run.width() * run.stagedStep;
      }
      return;
    }
    int length = lineLength(run);
    int plane = run.operands.resultPlane(planeSize);
    for (int line = 0; line < lines(run); line++) {
      int to = run.operands.dstOffset + planeOffset(run, line, plane);
      Transpose.run(staged, from, run.stagedStep, length, run.columns, dst, to, plane);
      from += length * run.stagedStep;
    }
  }

  private void unstageEnd(BlockRun run) {
    int first = run.pixels() - run.stagedEnd;
    int from = run.staging + first * run.stagedStep;
    unstage(run, from, run.outputOffset + first * run.pixelStep, run.stagedEnd);
  }

  /** Channels-last, so many neighbouring pixels. */
  private void unstage(BlockRun run, int from, int to, int pixels) {
    if (stagesAll && !run.operands.hasResultDistance()) {
      System.arraycopy(run.scratch.floats, from, run.operands.dst, to, pixels * run.columns);
      return;
    }
    int whole = run.columns / LANES * LANES;
    for (int j = 0; j < whole; j += LANES) {
      copyVectors(run, from + j, to + j, pixels);
    }
    if (whole < run.columns) {
      copyTails(run, from + whole, to + whole, pixels, Simd.first(run.columns - whole));
    }
  }

  /** Moves a vector of filters of a row's pixels; a call for each pixel takes 20 cycles. */
  private void copyVectors(BlockRun run, int from, int to, int pixels) {
    float[] staged = run.scratch.floats;
    float[] dst = run.operands.dst;
    int step = run.stagedStep;
    int pixel = run.operands.resultPixel(shape.filters());
    for (int q = 0; q < pixels; q++, from += step, to += pixel) {
      FloatVector.fromArray(SPECIES, staged, from).intoArray(dst, to);
    }
  }

  /**
   * Moves a row's pixels of less than a vector of filters, which is faster than by elements; but
   * near the end of dst C2 may keep a mask for each, 24 bytes, when it looks for lanes beyond the
   * end.
   */
  private void copyTails(BlockRun run, int from, int to, int pixels, VectorMask<Float> tail) {
    float[] staged = run.scratch.floats;
    float[] dst = run.operands.dst;
    int step = run.stagedStep;
    int pixel = run.operands.resultPixel(shape.filters());
    for (int q = 0; q < pixels; q++, from += step, to += pixel) {
      if (to > dst.length - LANES) {
        copy(staged, from, dst, to, tail.trueCount());
      } else {
        FloatVector.fromArray(SPECIES, staged, from).intoArray(dst, to, tail);
      }
    }
  }

  /** Of pixels that follow one another in a plane: rows as wide as the output are one an image. */
  private int lines(BlockRun run) {
    return run.width() == outputWidth ? run.images : run.lines();
  }

  private int lineLength(BlockRun run) {
    return run.pixels() / lines(run);
  }

  /**
   * Whole vectors, the last one ending with the last float, and up to a vector a loop: both cost
   * less than the call of a copying routine.
   */
  private static void copy(float[] from, int fromOffset, float[] to, int toOffset, int count) {
    if (count < LANES) {
      for (int i = 0; i < count; i++) {
        to[toOffset + i] = from[fromOffset + i];
      }
      return;
    }
    for (int i = 0; i < count - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, from, fromOffset + i).intoArray(to, toOffset + i);
    }
    int last = count - LANES;
    FloatVector.fromArray(SPECIES, from, fromOffset + last).intoArray(to, toOffset + last);
  }
}
