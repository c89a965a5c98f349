package dev.convector.internal.block;

import dev.convector.ConvShape;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Elements;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.ImageOrder;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.Panels;
import dev.convector.internal.simd.AlignedFloats;
import java.util.List;

/**
 * The middle end of every algorithm that has filters in the lanes: walks blocks of output pixels;
 * in each brings the input to where the kernels can read it, then computes one panel of filters
 * after another, from a residual to the activation. What is special about an algorithm, its kernels
 * and how it lays out their input, is in the classes that extend this one.
 *
 * <p>A unit is a block, or some of its images, and a range of panels; or several blocks, where an
 * algorithm finds that more units would not pay. Panels are parted only where each image of a block
 * is a part already.
 */
public abstract class BlockConv implements PackedWork {
  private static final Scratch.Slot<BlockRun> RUNS = new Scratch.Slot<>(BlockRun::new);

  protected final ConvShape shape;
  protected final boolean channelsLast;
  protected final Epilogue epilogue;
  private final Panels panels;
  private final List<PixelBlock> blocks;
  private final int mostPixels;
  private final int mostImages;
  private final OutputPanel output;
  private final Sight sight;
  private final ImageOrder outputOrder;

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
      List<PixelBlock> blocks) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.epilogue = epilogue;
    this.panels = panels;
    this.blocks = blocks;
    this.mostPixels = PixelBlock.mostPixels(blocks);
    this.mostImages = PixelBlock.mostImages(blocks);
    this.output = new OutputPanel(shape, channelsLast, epilogue, panelFloats);
    this.sight = Sight.of(shape, channelsLast);
    this.outputOrder = ImageOrder.output(shape, channelsLast);
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
   * first {@link #load} brings. Only asked of one group.
   */
  protected boolean storesInOrder() {
    return false;
  }

  /** What the outputs see: of a convolution's input in the output's layout, unless overridden. */
  protected Sight sight() {
    return sight;
  }

  /** Share of a block's work that {@link #load} is, which every range of panels repeats. */
  protected double loadShare() {
    return 0;
  }

  /** The cut of the output. */
  public final List<PixelBlock> blocks() {
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
    double share = loadShare();
    int most = panels.panels();
    int imageParts = Split.parts(blocks.size(), mostImages, threads);
    int whole = blocks.size() * imageParts;
    if (imageParts < mostImages) {
      return whole;
    }
    return whole
        * (share == 0
            ? Split.parts(whole, most, threads)
            : Split.parts(whole, most, threads, share));
  }

  @Override
  public final void footprint(int unit, int units, Footprint footprint) {
    int parts = Math.max(1, units / blocks.size());
    int imageParts = Math.min(mostImages, parts);
    int panelParts = parts / imageParts;
    int from = Split.start(panels.panels(), unit % panelParts, panelParts);
    int last = Split.start(panels.panels(), unit % panelParts + 1, panelParts) - 1;
    int imagePart = unit / panelParts % imageParts;
    int endBlock = Split.start(blocks.size(), unit / parts + 1, units / parts);
    for (int b = Split.start(blocks.size(), unit / parts, units / parts); b < endBlock; b++) {
      PixelBlock block = blocks.get(b);
      int first = block.image() + Split.start(block.images(), imagePart, imageParts);
      int end = block.image() + Split.start(block.images(), imagePart + 1, imageParts);
      if (first < end && from <= last) {
        place(footprint.written, block, first, end);
        footprint.written.region.channels(
            panels.filter(from), panels.filter(last) + panels.columns(last));
        footprint.written.add(outputOrder);
        place(footprint.read, block, first, end);
        footprint.read.region.channels(0, sight().order().channels());
        sight().add(footprint.read);
      }
    }
  }

  private static void place(Elements elements, PixelBlock block, int image, int endImage) {
    elements.region.image = image;
    elements.region.images = endImage - image;
    elements.region.rows(block.row(), block.endRow());
    elements.region.columns(block.column(), block.endColumn());
  }

  @Override
  public final void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = Math.max(1, units / blocks.size());
    int imageParts = Math.min(mostImages, parts);
    int panelParts = parts / imageParts;
    int part = unit % panelParts;
    int from = Split.start(panels.panels(), part, panelParts);
    int end = Split.start(panels.panels(), part + 1, panelParts);
    int imagePart = unit / panelParts % imageParts;
    BlockRun run = scratch.get(RUNS);
    run.operands = operands;
    run.scratch = scratch;
    run.staging = staging();
    int endBlock = Split.start(blocks.size(), unit / parts + 1, units / parts);
    for (int b = Split.start(blocks.size(), unit / parts, units / parts); b < endBlock; b++) {
      run.enter(blocks.get(b));
      run.limit(imagePart, imageParts);
      if (run.images > 0) {
        block(run, from, end);
      }
    }
    run.clear();
  }

  /**
   * Computes all panels of a block for an algorithm that uses the result, with a run of its own:
   * operands and scratch are set.
   */
  public final void run(BlockRun run, PixelBlock block) {
    run.staging = staging();
    run.enter(block);
    block(run, 0, panels.panels());
  }

  private void block(BlockRun run, int from, int end) {
    enter(run);
    run.overlapping =
        from == 0 && end == panels.panels() && storesInOrder() && output.mayOverlap(run);
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
    output.begin(run);
    compute(run, panel);
    output.finish(run);
  }
}
