package dev.convector.internal.dense;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import java.util.List;

/**
 * Direct dense convolution on the matrix micro-kernel, after Dukhan, "The Indirect Convolution
 * Algorithm" (2019): the rows of the left operand are pixels of the input where they lie, found
 * through a table of offsets. It is computed by phases, of which a transposed convolution has
 * several.
 *
 * <p>Each phase is cut into ranges of columns whose pixels have the same kernel columns inside the
 * input, and each kernel row is added to the output rows at which it lies inside, so that nothing
 * is padded and taps outside cost nothing. The product runs over one stretch of contiguous floats
 * at a time: a whole kernel row where the taps are neighbours and there is one group, else one tap.
 */
public abstract class DensePhaseConv extends DenseBlockConv {
  /** Of whose axes only the sizes count. */
  private final ConvShape input;

  private final List<DensePhase> phases;

  /** Null where the input is read where it lies. */
  private final InputStrip strip;

  /**
   * @param output of whose sizes those of the output, the filters and the groups count
   * @param input of whose sizes those of the input and the channels count
   */
  protected DensePhaseConv(
      ConvProblem output,
      ConvShape input,
      List<DensePhase> phases,
      DenseWeights weights,
      Epilogue epilogue,
      PixelBlocks blocks,
      InputStrip strip) {
    super(output, weights, epilogue, blocks);
    this.input = input;
    this.phases = phases;
    this.strip = strip;
  }

  @Override
  protected final int inputFloats() {
    return strip == null ? 0 : strip.windowFloats();
  }

  /**
   * Lists the block's pixels, phase by phase, range of columns by range, row by row, each row of
   * all images: so the rows at which a kernel row lies inside the input follow one another.
   */
  @Override
  protected final void enter(BlockRun run) {
    int at = 0;
    for (int i = 0; i < phases.size(); i++) {
      DensePhase phase = phases.get(i);
      for (int j = 0; j < phase.columnRanges().count(); j++) {
        int width = phase.width(run, j);
        if (width > 0) {
          list(run, phase, phase.beginColumn(run, j), width, at);
          at += width * run.images * (phase.endRow(run) - phase.beginRow(run));
        }
      }
    }
  }

  private void list(BlockRun run, DensePhase phase, int column, int width, int at) {
    int step = phase.columns().stride() * input.channels();
    int x = column * phase.columns().stride() - phase.columns().padding();
    int place = phase.columns().first() + column * phase.columns().step();
    int i = at;
    int image = imageFloats();
    for (int row = phase.beginRow(run); row < phase.endRow(run); row++) {
      int y = row * phase.rows().stride() - phase.rows().padding();
      int line = phase.rows().first() + row * phase.rows().step();
      int first = inputOffset(run, y, x);
      for (int n = 0; n < run.images; n++, i += width) {
        int imageLine = line + n * shape.outputHeight();
        int from = first + n * image;
        list(run, imageLine, place, phase.columns().step(), width, i, from, step);
      }
    }
  }

  /** Floats from one image to the next, where they are read. */
  private int imageFloats() {
    return strip != null ? strip.imageFloats() : input.height() * input.width() * input.channels();
  }

  /** Where an input pixel of the first image lies, or would lie if it were inside. */
  private int inputOffset(BlockRun run, int y, int x) {
    return strip != null
        ? strip.offset(run, y, x)
        : ((run.image * input.height() + y) * input.width() + x) * input.channels();
  }

  @Override
  protected final int load(BlockRun run, int panel, int end) {
    if (strip == null) {
      run.read(run.operands.src, run.operands.srcOffset);
    } else {
      strip.clearBorder(run, 1, 0);
      strip.load(run, 0, 1, 0);
      run.read(run.scratch.floats, 0);
    }
    return end;
  }

  /** Where the only phase has all pixels, and all taps of each are one stretch of one pass. */
  @Override
  protected final boolean storesInOrder() {
    if (phases.size() > 1 || weights.depth() > Blocking.KC) {
      return false;
    }
    DensePhase phase = phases.get(0);
    int taps = phase.columns().taps();
    return phase.rows().step() == 1
        && phase.columns().step() == 1
        && phase.rows().taps() == 1
        && (taps == 1 || phase.columns().dilation() == 1)
        && phase.rowRanges().isWhole(1)
        && phase.columnRanges().isWhole(taps);
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    TileCall call = call(run, panel);
    if (run.stagedEnd > 0) {
      call.left(run.input, run.inputOffset, weights.depth());
      pixels(run, call);
      return;
    }
    int from = 0;
    for (int i = 0; i < phases.size(); i++) {
      DensePhase phase = phases.get(i);
      for (int j = 0; j < phase.columnRanges().count(); j++) {
        int width = phase.width(run, j);
        if (width > 0) {
          columns(run, call, panel, phase, j, from);
          from += width * run.images * (phase.endRow(run) - phase.beginRow(run));
        }
      }
    }
  }

  /**
   * The sums of all pixels of one range of a phase's columns, the first at {@code from} in the
   * tables, for one panel: kernel row after kernel row, each for all output rows at which it lies
   * inside the image. So tiles are cut from many pixels: by output rows with the same taps, the
   * border of a 7x7 image would make tiles of 5 pixels and of 1.
   */
  private void columns(
      BlockRun run, TileCall call, int panel, DensePhase phase, int range, int from) {
    int width = phase.width(run, range) * run.images;
    boolean hasTaps = phase.columnRanges().firstTap(range) < phase.columnRanges().endTap(range);
    int firstTap = phase.firstTapRow();
    int endTap = hasTaps ? phase.endTapRow() : 0;
    int first = phase.beginRow(run);
    int end = from + (phase.endRow(run) - first) * width;
    if (endTap == 0) {
      for (int i = from; i < end; i++) {
        withoutProducts(run, panel, result(run, i));
      }
      return;
    }
    // Rows at which the first kernel row lies outside.
    begin(run, panel, from, from + (phase.beginRow(run, firstTap) - first) * width);
    begin(run, panel, from + (phase.endRow(run, firstTap) - first) * width, end);
    for (int r = firstTap; r < endTap; r++) {
      int row = phase.beginRow(run, r) - first;
      int endRow = phase.endRow(run, r) - first;
      if (row < endRow) {
        tapRow(run, call, phase, r, range, from + row * width, from + endRow * width);
      }
    }
    if (epilogue.isClamped()) {
      // Rows at which the last kernel row lies outside.
      int last = endTap - 1;
      clamp(run, panel, from, from + (phase.beginRow(run, last) - first) * width);
      clamp(run, panel, from + (phase.endRow(run, last) - first) * width, end);
    }
  }

  /** Where the results of a listed pixel begin. */
  private int result(BlockRun run, int pixel) {
    return run.scratch.ints[resultTable(run) + pixel] + run.outputOffset;
  }

  private void begin(BlockRun run, int panel, int from, int to) {
    for (int i = from; i < to; i++) {
      begin(run, panel, result(run, i));
    }
  }

  private void clamp(BlockRun run, int panel, int from, int to) {
    for (int i = from; i < to; i++) {
      clamp(run, panel, result(run, i));
    }
  }

  /** All of the results of a pixel that no tap reaches. */
  protected final void withoutProducts(BlockRun run, int panel, int at) {
    begin(run, panel, at);
    if (epilogue.isClamped()) {
      clamp(run, panel, at);
    }
  }

  /** Not by tiles without depth: C2 may allocate their sums. */
  private void begin(BlockRun run, int panel, int at) {
    if (!run.started) {
      System.arraycopy(epilogue.bias(), run.filter, run.output, at, weights.step(panel));
      return;
    }
    for (int j = 0; j < weights.step(panel); j++) {
      run.output[at + j] += epilogue.bias()[run.filter + j];
    }
  }

  private void clamp(BlockRun run, int panel, int at) {
    epilogue.activate(run.output, at, weights.step(panel));
  }

  /** Adds the products of one kernel row's taps inside, for the pixels listed. */
  private void tapRow(
      BlockRun run, TileCall call, DensePhase phase, int r, int range, int from, int to) {
    int firstTap = phase.columnRanges().firstTap(range);
    int taps = phase.columnRanges().endTap(range) - firstTap;
    boolean joined = phase.columns().dilation() == 1 && input.groups() == 1;
    int stretches = joined ? 1 : taps;
    int depth = joined ? taps * input.channels() : input.groupChannels();
    int group = run.filter / shape.groupFilters() * input.groupChannels();
    int line = strip == null ? input.width() * input.channels() : strip.rowStep();
    int first = run.inputOffset + group + r * phase.rows().dilation() * line;
    for (int i = 0; i < stretches; i++) {
      int s = firstTap + i;
      boolean last = r == phase.endTapRow() - 1 && i == stretches - 1;
      call.left(run.input, first + s * phase.columns().dilation() * input.channels(), depth);
      int step = phase.step() + r * phase.columns().taps() + s;
      boolean isFirst = r == phase.firstTapRow() && i == 0;
      call.stretch(step * input.groupChannels(), isFirst, last, from, to);
    }
  }
}
