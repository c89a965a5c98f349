package dev.convector.internal.block;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.RegisterTile;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.Panels;
import dev.convector.internal.simd.Simd;
import jdk.incubator.vector.FloatVector;

/**
 * Where the results of one panel of filters go, for a rectangle of pixels. Rows of several images
 * are counted through, since channels-last they follow one another.
 *
 * <p>Whole vectors of a channels-last output are computed in place. All others (a channels-first
 * output, filters that don't fill their last vector) are computed in a staging area in scratch,
 * {@code [pixels][staged step]} in the order of the image, and moved. A residual is put in place
 * first, so that the kernels start from it. {@link StagedResults} does the moving.
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

  private final StagedResults staging;

  /** The last pixels of an overlapping block. */
  private final int stagedEnd;

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
    this.staging = new StagedResults(shape, channelsLast, stagesAll);
    this.stagedEnd = stagedEnd;
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
    boolean isLine = run.images == 1 && (run.width() == shape.outputWidth() || run.lines() == 1);
    return channelsLast
        && (stagesAll || shape.groups() == 1 && shape.filters() % LANES != 0)
        && isLine
        && run.operands.residual == null
        && !run.operands.hasResultDistance()
        && run.pixels() >= 2 * stagedEnd;
  }

  /**
   * Whether a run of all panels may compute some filters of the last whole vector twice, before
   * their activation: not where their place holds a residual.
   */
  boolean mayRepeat(BlockRun run) {
    return channelsLast && shape.filters() >= LANES && run.operands.residual == null;
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
      run.rowStep = shape.outputWidth() * run.pixelStep;
      run.outputOffset =
          run.operands.dstOffset + staging.pixelOffset(run, run.row, run.pixelStep) + run.filter;
    }
    run.started = run.operands.residual != null;
    if (run.started) {
      if (run.staged) {
        staging.residual(run);
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
      staging.unstage(run);
      return;
    }
    if (run.stagedEnd > 0) {
      staging.unstageEnd(run);
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
      int at = first + staging.pixelOffset(run, row, step);
      if (together) {
        epilogue.activate(run.operands.dst, at, run.width() * count);
      }
      for (int q = 0; q < run.width() && !together; q++, at += step) {
        epilogue.activate(run.operands.dst, at, count);
      }
    }
    run.firstActivation = run.endActivation;
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
        StagedResults.copy(residual, at + shift, run.output, at, run.columns);
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
}
