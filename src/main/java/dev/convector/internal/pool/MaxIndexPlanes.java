package dev.convector.internal.pool;

import static dev.convector.internal.simd.AlignedFloats.FIRST;
import static dev.convector.internal.simd.Simd.INTS;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.Layout;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.ImageOrder;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Maxima of planes and where they were: of as many planes as lanes some rows are turned, so that
 * channels are in the lanes, and results and their places are turned back.
 */
final class MaxIndexPlanes implements PackedWork {
  private final PoolProblem problem;
  private final PoolAxis rows;
  private final PoolAxis columns;
  private final MaxWindows windows;

  /** Groups of planes of an image. */
  private final int groups;

  /** Of the output rows of a plane. */
  private final int bands;

  /** Floats of a band's results. */
  private final int outputs;

  /** Where in scratch they are. */
  private final int results;

  private final ImageOrder inputOrder;
  private final ImageOrder outputOrder;

  MaxIndexPlanes(PoolProblem problem) {
    this.problem = problem;
    this.rows = problem.rows();
    this.columns = problem.columns();
    this.windows = new MaxWindows(rows, columns, LANES);
    this.groups = Math.ceilDiv(problem.channels(), LANES);
    this.bands = bands(problem);
    int pixels = 0;
    for (int band = 0; band < bands; band++) {
      pixels = Math.max(pixels, pixels(problem, band, bands));
    }
    this.outputs = Math.ceilDiv(rows.outputs(), bands) * columns.outputs() * LANES;
    // Where the input was, and where the results were, places are turned.
    this.results = FIRST + Math.max(pixels * LANES, outputs);
    int width = columns.size();
    this.inputOrder = new ImageOrder(problem.channels(), rows.size(), width, false);
    this.outputOrder = new ImageOrder(problem.channels(), rows.outputs(), columns.outputs(), false);
  }

  /** Whether there are planes enough, and what an output row sees of them fits scratch. */
  static boolean accepts(PoolProblem problem) {
    return problem.layout() == Layout.NCHW
        && problem.channels() >= LANES
        && floats(problem, problem.rows().outputs()) <= Blocking.MAX_POOLED_PLANES_FLOATS;
  }

  private static int bands(PoolProblem problem) {
    int most = problem.rows().outputs();
    int bands = 1;
    while (bands < most && floats(problem, bands) > Blocking.POOLED_PLANES_FLOATS) {
      bands = Math.min(most, bands + Math.ceilDiv(bands, 4));
    }
    return bands;
  }

  /** Floats of the largest band's input and results, where a plane is cut into so many. */
  private static long floats(PoolProblem problem, int bands) {
    long pixels = 0;
    for (int band = 0; band < bands; band++) {
      pixels = Math.max(pixels, pixels(problem, band, bands));
    }
    long outputs =
        (long) Math.ceilDiv(problem.rows().outputs(), bands) * problem.columns().outputs();
    return (pixels + 2 * outputs) * LANES;
  }

  /** Of a plane of the input, those that a band sees. */
  private static int pixels(PoolProblem problem, int band, int bands) {
    PoolAxis rows = problem.rows();
    int from = Split.start(rows.outputs(), band, bands);
    int to = Split.start(rows.outputs(), band + 1, bands);
    return (rows.end(from, to) - rows.least(from, to)) * problem.columns().size();
  }

  @Override
  public long packedBytes() {
    return 0;
  }

  @Override
  public int scratchFloats() {
    return results + outputs;
  }

  /** The places. */
  @Override
  public int scratchInts() {
    return outputs;
  }

  private int items() {
    return problem.batch() * groups * bands;
  }

  @Override
  public int units(int threads) {
    return Split.parts(1, items(), threads);
  }

  @Override
  public int units(int threads, int least) {
    return Split.atLeast(least, items(), units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int end = Split.start(items(), unit + 1, units);
    for (int item = Split.start(items(), unit, units); item < end; item++) {
      int image = item / bands / groups;
      int channel = item / bands % groups * LANES;
      int endChannel = Math.min(channel + LANES, problem.channels());
      int from = Split.start(rows.outputs(), item % bands, bands);
      int to = Split.start(rows.outputs(), item % bands + 1, bands);
      footprint.written.region.images(outputOrder, image, 1);
      footprint.written.region.channels(channel, endChannel);
      footprint.written.region.rows(from, to);
      footprint.written.add(outputOrder);
      footprint.read.region.images(inputOrder, image, 1);
      footprint.read.region.channels(channel, endChannel);
      footprint.read.region.rows(rows.least(from, to), rows.end(from, to));
      footprint.read.add(inputOrder);
    }
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int end = Split.start(items(), unit + 1, units);
    for (int item = Split.start(items(), unit, units); item < end; item++) {
      int channel = item / bands % groups * LANES;
      int count = Math.min(LANES, problem.channels() - channel);
      int plane = item / bands / groups * problem.channels() + channel;
      int from = Split.start(rows.outputs(), item % bands, bands);
      int to = Split.start(rows.outputs(), item % bands + 1, bands);
      load(operands, plane, count, from, to, scratch.floats);
      windows(from, to, scratch);
      store(operands, plane, count, from, to, scratch);
    }
  }

  /** Turns the rows of the input that some output rows see, of so many planes. */
  private void load(Operands o, int plane, int count, int from, int to, float[] scratch) {
    int first = rows.least(from, to) * columns.size();
    int pixels = rows.end(from, to) * columns.size() - first;
    int distance = o.sourcePlane(rows.size() * columns.size());
    int at = o.srcOffset + plane * distance + first;
    Transpose.run(o.src, at, distance, count, pixels, scratch, FIRST, LANES);
  }

  private void windows(int from, int to, Scratch scratch) {
    float[] floats = scratch.floats;
    int at = FIRST - rows.least(from, to) * columns.size() * LANES;
    int result = 0;
    for (int p = from; p < to; p++) {
      for (int q = 0; q < columns.outputs(); q++, result += LANES) {
        windows.take(floats, at, p, q, floats, results + result, scratch.ints, result);
      }
    }
  }

  /** Turns results and their places back; places as floats, which are only moved. */
  private void store(Operands o, int plane, int count, int from, int to, Scratch scratch) {
    float[] floats = scratch.floats;
    int first = from * columns.outputs();
    int pixels = to * columns.outputs() - first;
    int size = rows.outputs() * columns.outputs();
    int distance = o.resultPlane(size);
    int at = o.dstOffset + plane * distance + first;
    Transpose.run(floats, results, LANES, pixels, count, o.dst, at, distance);
    for (int i = 0; i < pixels * LANES; i += LANES) {
      IntVector.fromArray(INTS, scratch.ints, i)
          .reinterpretAsFloats()
          .intoArray(floats, results + i);
    }
    Transpose.run(floats, results, LANES, pixels, count, floats, FIRST, pixels);
    for (int i = 0; i < count; i++) {
      copy(
          floats,
          FIRST + i * pixels,
          o.indices,
          o.indicesOffset + (plane + i) * size + first,
          pixels);
    }
  }

  private static void copy(float[] places, int from, int[] indices, int to, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, places, from + i)
          .reinterpretAsInts()
          .intoArray(indices, to + i);
    }
    for (; i < count; i++) {
      indices[to + i] = Float.floatToRawIntBits(places[from + i]);
    }
  }
}
