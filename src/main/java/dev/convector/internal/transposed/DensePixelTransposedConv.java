package dev.convector.internal.transposed;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvTransposeShape;
import dev.convector.internal.block.BlockConv;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.block.Sight;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Panels;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.problem.TransposedProblem;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
import java.util.ArrayList;
import java.util.List;

/**
 * Transposed convolution to a few filters, as the gradient of an image has, with neighbouring
 * pixels in the lanes, which so few filters would leave almost empty: a block's input is brought
 * into padded planes, from which the kernels read the taps of each phase. Their results are spread
 * to the phase's pixels of the output.
 */
public final class DensePixelTransposedConv extends BlockConv {
  /** Most filters of the kernels. */
  private static final int MOST_FILTERS = 4;

  /** Taps for which bringing the input into planes is little beside the products. */
  private static final int LEAST_TAPS = 4;

  private final TransposedProblem problem;
  private final Sight sight;
  private final PixelPlanes planes;
  private final List<Phase> phases = new ArrayList<>();
  private final float[] weights;

  /** Of a tile. */
  private final int vectors;

  /**
   * A phase with its taps.
   *
   * @param steps where each step of the depth lies in the planes, from the first tap on
   * @param weights index of its first
   */
  private record Phase(PhaseAxis rows, PhaseAxis columns, int[] steps, int weights) {}

  public DensePixelTransposedConv(TransposedProblem problem, float[] weights, float[] bias) {
    this(problem, weights, bias, PixelBlocks.cut(problem.output().shape(), blockPixels(problem)));
  }

  private DensePixelTransposedConv(
      TransposedProblem problem, float[] weights, float[] bias, PixelBlocks blocks) {
    super(
        problem.output().shape(),
        problem.channelsLast(),
        new Epilogue(problem.activation(), bias, problem.shape().filters()),
        panel(problem.shape().filters()),
        Simd.roundUp(problem.shape().filters()),
        blocks);
    this.problem = problem;
    this.sight = Sight.of(problem);
    this.vectors = vectors(problem.shape().filters());
    this.planes = new PixelPlanes(problem, blocks, vectors * LANES);
    this.weights = new float[weights.length];
    int at = 0;
    // Once: of a stride of 65,535 they are as many, which took minutes anew for each.
    List<List<PhaseAxis>> axes = problem.phases();
    for (PhaseAxis row : axes.get(0)) {
      for (PhaseAxis column : axes.get(1)) {
        int depth = row.taps() * column.taps() * problem.shape().channels();
        phases.add(new Phase(row, column, new int[depth], at));
        at += pack(phases.getLast(), weights);
      }
    }
  }

  private static Panels panel(int filters) {
    return new Panels() {
      @Override
      public int panels() {
        return 1;
      }

      @Override
      public int filter(int panel) {
        return 0;
      }

      @Override
      public int columns(int panel) {
        return filters;
      }
    };
  }

  private static int vectors(int filters) {
    boolean many = Simd.MANY_REGISTERS;
    return switch (filters) {
      case 1, 2 -> many ? 6 : 4;
      case 3 -> many ? 6 : 3;
      default -> many ? 4 : 2;
    };
  }

  /** Packs a phase: channel by channel its taps, for each its filters. */
  private int pack(Phase phase, float[] from) {
    int filters = shape.filters();
    int width = problem.shape().kernelWidth();
    int area = problem.shape().kernelHeight() * width;
    int step = 0;
    for (int c = 0; c < problem.shape().channels(); c++) {
      for (int r = 0; r < phase.rows.taps(); r++) {
        int row = phase.rows.firstTap() + r * phase.rows.tapStep();
        for (int s = 0; s < phase.columns.taps(); s++, step++) {
          int column = phase.columns.firstTap() + s * phase.columns.tapStep();
          phase.steps[step] =
              planes.step(c, r * phase.rows.dilation(), s * phase.columns.dilation());
          for (int k = 0; k < filters; k++) {
            weights[phase.weights + step * filters + k] =
                from[(c * filters + k) * area + row * width + column];
          }
        }
      }
    }
    return step * filters;
  }

  /** Why a problem can't be computed; null if it can. */
  public static String refusal(TransposedProblem problem) {
    if (problem.shape().groups() > 1 || problem.shape().filters() > MOST_FILTERS) {
      return "needs one group and at most " + MOST_FILTERS + " filters";
    }
    long floats = PixelPlanes.floats(problem, 1, tileFloats(problem));
    return floats > Blocking.STRIP_FLOATS
        ? "needs the input below one output, "
            + floats
            + " elements, to fit "
            + Blocking.STRIP_FLOATS
        : null;
  }

  /**
   * Against filters in the lanes: where these leave most lanes empty, or half of them and a phase
   * has more than one tap, rows are so long that few lanes lie in the padding, and there are many
   * products for an input. With 8 lanes the gradient of three channels by 7x7 with stride 2 is 1.8
   * times as fast channels-last and 2.4 channels-first, of four by 3x3 1.2 and 1.4 times
   * (Regression, 224x224, Zen 4), but by 2x2 channels-last it was slower; with stride 1 ordinary
   * convolutions have pixels in the lanes, too.
   */
  public static boolean pays(TransposedProblem problem) {
    ConvTransposeShape s = problem.shape();
    int taps = s.kernelHeight() * s.kernelWidth();
    int strides = s.rows().stride() * s.columns().stride();
    boolean isHalf = s.filters() <= LANES / 2 && strides > 1 && taps >= 2 * strides;
    return (s.filters() <= LANES / 4 || isHalf) && s.width() >= 2 * LANES && taps >= LEAST_TAPS;
  }

  private static int tileFloats(TransposedProblem problem) {
    return vectors(problem.shape().filters()) * LANES;
  }

  private static int blockPixels(TransposedProblem problem) {
    int width = problem.shape().outputWidth();
    int most = Blocking.TRANSPOSED_PIXEL_STAGED_FLOATS / Simd.roundUp(problem.shape().filters());
    int pixels = Math.min(width * problem.shape().outputHeight(), most);
    while (pixels > 1
        && PixelPlanes.floats(problem, pixels, tileFloats(problem))
            > Blocking.TRANSPOSED_PLANES_FLOATS) {
      pixels = pixels > width ? Math.max(width, (pixels - 1) / width * width) : pixels / 2;
      if (pixels == width
          && PixelPlanes.floats(problem, pixels, tileFloats(problem)) <= Blocking.STRIP_FLOATS) {
        break;
      }
    }
    return pixels;
  }

  @Override
  public long packedBytes() {
    long floats = weights.length;
    for (Phase phase : phases) {
      floats += phase.steps.length;
    }
    return floats * Float.BYTES + epilogue.bytes();
  }

  @Override
  protected Sight sight() {
    return sight;
  }

  /** The planes, then a tile's results. */
  @Override
  protected int inputFloats() {
    return tile() + shape.filters() * vectors * LANES;
  }

  private int tile() {
    return AlignedFloats.next(planes.floats());
  }

  @Override
  protected UnitCost cost() {
    return problem.cost().loading(problem.shape().inputSize(), true, halo());
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    planes.load(run);
    return end;
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    TransposedPixels call = TransposedPixels.of(run.scratch);
    call.a = run.scratch.floats;
    call.b = weights;
    call.c = run.scratch.floats;
    call.cOffset = tile();
    call.first = 0;
    for (int i = 0; i < phases.size(); i++) {
      phase(run, call, phases.get(i));
    }
  }

  /** All of a phase's pixels in the block: as one row, in which the planes' rows follow another. */
  private void phase(BlockRun run, TransposedPixels call, Phase phase) {
    int row = phase.rows.begin(run.row);
    int column = phase.columns.begin(run.column);
    int rows = phase.rows.begin(run.endRow) - row;
    int width = phase.columns.begin(run.endColumn) - column;
    if (rows <= 0 || width <= 0) {
      return;
    }
    call.steps = phase.steps;
    call.depth = phase.steps.length;
    call.bOffset = phase.weights;
    int first = planes.offset(run, row - phase.rows.padding(), column - phase.columns.padding());
    int positions = (rows - 1) * planes.pitch() + width;
    int place =
        run.outputOffset
            + (phase.rows.first() + row * phase.rows.step() - run.row) * run.rowStep
            + (phase.columns.first() + column * phase.columns.step() - run.column) * run.pixelStep;
    int tile = vectors * LANES;
    for (int t = 0; t < positions; t += tile) {
      call.aOffset = first + t;
      TransposedKernels.pixels(call, shape.filters(), vectors);
      int end = Math.min(t + tile, positions);
      for (int at = t; at < end; ) {
        // The rest of a row; what lies between two rows is skipped.
        int x = at % planes.pitch();
        int count = Math.min(width - x, end - at);
        if (count > 0) {
          int to =
              place
                  + at / planes.pitch() * phase.rows.step() * run.rowStep
                  + x * phase.columns.step() * run.pixelStep;
          spread(run, tile() + at - t, count, to, phase.columns.step() * run.pixelStep);
        }
        at += planes.pitch() - x;
      }
    }
  }

  /** Moves the results of neighbouring pixels to the output, from what it starts from. */
  private void spread(BlockRun run, int from, int count, int to, int step) {
    float low = epilogue.low();
    float high = epilogue.high();
    boolean clamped = epilogue.isClamped();
    for (int k = 0; k < shape.filters(); k++) {
      float bias = epilogue.bias()[k];
      int at = from + k * vectors * LANES;
      for (int i = 0; i < count; i++) {
        int place = to + k + i * step;
        float sum = run.scratch.floats[at + i] + (run.started ? run.output[place] : bias);
        run.output[place] = clamped ? clamp(sum, low, high) : sum;
      }
    }
  }

  /** Lets NaN pass, as the kernels' stores do. */
  private static float clamp(float value, float low, float high) {
    float above = value < low ? low : value;
    return above > high ? high : above;
  }
}
