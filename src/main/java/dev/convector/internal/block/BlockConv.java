package dev.convector.internal.block;

import dev.convector.ConvShape;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.parallel.UnitGrid;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.ImageOrder;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.Panels;
import dev.convector.internal.simd.AlignedFloats;

/**
 * The middle end of every algorithm that has filters in the lanes: walks blocks of output pixels;
 * in each brings the input to where the kernels can read it, then computes one panel of filters
 * after another, from a residual to the activation. What is special about an algorithm, its kernels
 * and how it lays out their input, is in the classes that extend this one.
 *
 * <p>A unit is a block and a range of panels; or several blocks, where an algorithm finds that more
 * units would not pay. For many threads the pixels are cut into more blocks.
 */
public abstract class BlockConv implements PackedWork {
  private static final Scratch.Slot<BlockRun> RUNS = new Scratch.Slot<>(BlockRun::new);

  protected final ConvShape shape;
  protected final boolean channelsLast;
  protected final Epilogue epilogue;
  private final Panels panels;
  private final PixelBlocks blocks;
  private final int mostPixels;
  private final OutputPanel output;
  private final Sight sight;
  private final ImageOrder outputOrder;

  /** Null where it doesn't pay. */
  private final BlockAhead ahead;

  /** Null until several threads run; whoever sets it sets the same. */
  private volatile UnitGrid grid;

  /**
   * @param channelsLast whether the output is
   * @param panelFloats floats of a pixel where a panel is staged: at least those of its vectors
   */
  protected BlockConv(
      ConvShape shape,
      boolean channelsLast,
      Epilogue epilogue,
      Panels panels,
      int panelFloats,
      PixelBlocks blocks) {
    this(
        shape,
        channelsLast,
        epilogue,
        panels,
        new OutputPanel(shape, channelsLast, epilogue, panelFloats),
        blocks);
  }

  /** Of channels-last images, whose results are one panel, staged in the order of memory. */
  protected BlockConv(ConvShape shape, Epilogue epilogue, Panels panels, PixelBlocks blocks) {
    this(shape, epilogue, panels, blocks, 0);
  }

  /**
   * The same, but stored in place where {@link #storesInOrder}.
   *
   * @param stagedEnd the last pixels of a block that are staged then
   */
  protected BlockConv(
      ConvShape shape, Epilogue epilogue, Panels panels, PixelBlocks blocks, int stagedEnd) {
    this(shape, true, epilogue, panels, OutputPanel.stagingAll(shape, epilogue, stagedEnd), blocks);
  }

  private BlockConv(
      ConvShape shape,
      boolean channelsLast,
      Epilogue epilogue,
      Panels panels,
      OutputPanel output,
      PixelBlocks blocks) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.epilogue = epilogue;
    this.panels = panels;
    this.blocks = blocks;
    this.mostPixels = blocks.mostPixels();
    this.output = output;
    this.sight = Sight.of(shape, channelsLast);
    this.outputOrder = ImageOrder.output(shape, channelsLast);
    this.ahead = BlockAhead.of(shape, sight);
  }

  /** Floats of scratch for input, which begin at index 0; the staging follows. */
  protected abstract int inputFloats();

  /** Before a block's first panel. */
  protected void enter(BlockRun run) {}

  /**
   * Brings the input of panels from one on.
   *
   * @param end no panels from there on are asked for
   * @return one past the last panel that can do with what was brought; another call follows
   */
  protected abstract int load(BlockRun run, int panel, int end);

  /** Adds the products of one panel, and clamps. */
  protected abstract void compute(BlockRun run, int panel);

  /**
   * Whether {@link #compute} stores the results of each pixel once and pixels in the order of
   * memory, leaves {@link BlockRun#stagedEnd} of them to the staging area, and does with what the
   * first {@link #load} brings. Only asked of one group, or of one panel of all.
   */
  protected boolean storesInOrder() {
    return false;
  }

  /**
   * Whether the last panel, if its filters don't fill their vector, is computed where {@link
   * BlockRun#repeating} says so together with the panel before it, as the vector that ends with
   * them and repeats filters of that panel to the same bits.
   */
  protected boolean repeatsFilters() {
    return false;
  }

  /** What the outputs see: of a convolution's input in the output's layout, unless overridden. */
  protected Sight sight() {
    return sight;
  }

  /** Whether the kernels add the bias to a residual, as they do to zeros where there is none. */
  protected boolean addsBias() {
    return false;
  }

  /**
   * What all of the work takes, from the shape alone: the slices of a volume's kernel share their
   * units. Nothing is brought to scratch, unless overridden.
   */
  protected UnitCost cost() {
    return UnitCost.of(shape.multiplyAdds(), (long) shape.inputSize() + shape.outputSize())
        .weighing(shape.weightsSize());
  }

  /** Results go where {@link BlockRun}'s steps say, in every algorithm unless overridden. */
  @Override
  public boolean allowsResultDistance() {
    return channelsLast;
  }

  @Override
  public boolean mayReadAhead() {
    return readsBlocksAhead();
  }

  /** Transposed convolutions, and those that read ahead themselves, have a sight of their own. */
  private boolean readsBlocksAhead() {
    return ahead != null && sight() == sight;
  }

  /** Into how many parts to cut so many panels at most. */
  protected int mostParts(int all) {
    return all;
  }

  /** Rows, or columns, of the output whose input a block brings beyond that of its own. */
  protected final double halo() {
    Reach reach = blocks.byColumns() ? sight().columns() : sight().rows();
    double apart = (double) reach.multiplier() / reach.divisor();
    return Math.max(0, reach.span() - apart) / apart;
  }

  /** The cut of the output. */
  public final PixelBlocks blocks() {
    return blocks;
  }

  /** Pixels of the largest block. */
  protected final int mostPixels() {
    return mostPixels;
  }

  private int staging() {
    return AlignedFloats.next(inputFloats());
  }

  @Override
  public int scratchFloats() {
    return staging() + output.stagingFloats(panels, mostPixels);
  }

  @Override
  public int units(int threads) {
    return blockUnits(threads);
  }

  @Override
  public int units(int threads, int least) {
    return blockUnits(threads);
  }

  private int blockUnits(int threads) {
    return threads == 1 ? blocks.count() : grid().units(threads);
  }

  /** Where they are cut for several threads. */
  private UnitGrid grid() {
    UnitGrid known = grid;
    if (known == null) {
      known =
          new UnitGrid(
              blocks.outer(),
              blocks.inner(),
              blocks.inner(),
              blocks.count(),
              1,
              mostParts(panels.panels()),
              cost());
      grid = known;
    }
    return known;
  }

  private int panelParts(int units) {
    return units <= blocks.count() ? 1 : grid().parts(units);
  }

  @Override
  public final void footprint(int unit, int units, Footprint footprint) {
    int parts = panelParts(units);
    int part = unit % parts;
    int from = Split.start(panels.panels(), part, parts);
    int last = Split.start(panels.panels(), part + 1, parts) - 1;
    int count = Math.max(blocks.count(), units / parts);
    int end = Split.start(count, unit / parts + 1, units / parts);
    for (int block = Split.start(count, unit / parts, units / parts); block < end; block++) {
      blocks.place(footprint.written.region, block, count);
      footprint.written.region.channels(
          panels.filter(from), panels.filter(last) + panels.columns(last));
      footprint.written.add(outputOrder);
      blocks.place(footprint.read.region, block, count);
      footprint.read.region.channels(0, sight().order().channels());
      sight().add(footprint.read);
    }
  }

  @Override
  public final void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = panelParts(units);
    int part = unit % parts;
    int from = Split.start(panels.panels(), part, parts);
    int to = Split.start(panels.panels(), part + 1, parts);
    BlockRun run = scratch.get(RUNS);
    run.enter(operands, scratch);
    run.staging = staging();
    int count = Math.max(blocks.count(), units / parts);
    int end = Split.start(count, unit / parts + 1, units / parts);
    for (int block = Split.start(count, unit / parts, units / parts); block < end; block++) {
      run.enter(blocks, block, count);
      block(run, from, to);
    }
  }

  /**
   * Computes all panels of the block that an algorithm is at that uses the result, with a run of
   * its own: operands and scratch are set.
   */
  public final void run(BlockRun run, BlockRun outer) {
    run.staging = staging();
    run.enter(outer);
    block(run, 0, panels.panels());
  }

  private void block(BlockRun run, int from, int end) {
    enter(run);
    run.endFilter = panels.filter(end - 1) + panels.columns(end - 1);
    boolean all = from == 0 && end == panels.panels();
    if (run.operands.readsAhead && all && readsBlocksAhead()) {
      ahead.read(run);
    }
    run.overlapping = all && storesInOrder() && output.mayOverlap(run);
    run.repeating = all && repeatsFilters() && output.mayRepeat(run);
    if (run.overlapping) {
      // The last panel first, since the others then store what it spoils.
      load(run, from, end);
      panel(run, end - 1);
      for (int panel = from; panel < end - 1; panel++) {
        panel(run, panel);
      }
    } else {
      int loaded = from;
      for (int panel = from; panel < end; panel++) {
        if (panel == loaded) {
          loaded = load(run, panel, end);
        }
        panel(run, panel);
      }
    }
    output.end(run);
  }

  private void panel(BlockRun run, int panel) {
    run.filter = panels.filter(panel);
    run.columns = panels.columns(panel);
    output.begin(run, !addsBias());
    compute(run, panel);
    output.finish(run);
  }
}
