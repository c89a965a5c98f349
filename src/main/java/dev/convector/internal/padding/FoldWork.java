package dev.convector.internal.padding;

import dev.convector.Activation;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;

/**
 * The adjoint of padding: each element of an image is the sum of all places of the padded one that
 * were copied from it; plus bias and residual, and then the activation. Each line of the image is
 * gathered by one thread, its places in ascending order.
 */
public final class FoldWork implements PackedWork {
  private final PaddedImages of;
  private final PaddedAxis columns;
  private final int step;
  private final int lineFloats;
  private final Epilogue epilogue;
  private final int lines;

  /** Of each slice and of each row the places that hold it. */
  private final int[][] slices;

  private final int[][] rows;

  /**
   * @param bias of each channel; null for none
   */
  public FoldWork(PaddedImages of, Activation activation, float[] bias) {
    this.of = of;
    this.columns = of.columns();
    this.step = of.step();
    this.lineFloats = columns.size() * step;
    this.epilogue = new Epilogue(activation, bias, of.channels());
    this.lines = of.blocks() * of.depth().size() * of.rows().size();
    this.slices = of.depth().placesOfAll();
    this.rows = of.rows().placesOfAll();
  }

  /** Floats of the images that are the result. */
  public int resultFloats() {
    return of.floats();
  }

  @Override
  public long packedBytes() {
    return epilogue.bytes();
  }

  @Override
  public int scratchFloats() {
    return 0;
  }

  @Override
  public int units(int threads) {
    return Split.parts(1, lines, threads);
  }

  @Override
  public int units(int threads, int least) {
    return Split.atLeast(least, lines, units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int first = Split.start(lines, unit, units);
    int end = Split.start(lines, unit + 1, units);
    footprint.written.add(first * lineFloats, (end - first) * lineFloats);
    int placesFloats = columns.places() * step;
    for (int line = first; line < end; line++) {
      int plane = line / of.rows().size();
      int block = plane / of.depth().size();
      for (int z : slices[plane % of.depth().size()]) {
        int slice = block * of.depth().places() + z;
        for (int y : rows[line % of.rows().size()]) {
          footprint.read.add((slice * of.rows().places() + y) * placesFloats, placesFloats);
        }
      }
    }
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int end = Split.start(lines, unit + 1, units);
    for (int line = Split.start(lines, unit, units); line < end; line++) {
      int at = operands.dstOffset + line * lineFloats;
      int plane = line / of.rows().size();
      int block = plane / of.depth().size();
      begin(operands, block, line * lineFloats);
      for (int z : slices[plane % of.depth().size()]) {
        int slice = block * of.depth().places() + z;
        for (int y : rows[line % of.rows().size()]) {
          int from = (slice * of.rows().places() + y) * columns.places() * step;
          add(operands.src, operands.srcOffset + from, operands.dst, at);
        }
      }
      if (epilogue.isClamped() || !epilogue.isClamp()) {
        epilogue.activate(operands.dst, at, lineFloats);
      }
    }
  }

  /** What a line's sums start from: bias and residual. */
  private void begin(Operands operands, int block, int line) {
    float[] dst = operands.dst;
    float[] bias = epilogue.bias();
    int at = operands.dstOffset + line;
    for (int x = 0; x < columns.size(); x++) {
      if (step == 1) {
        dst[at + x] = bias[block % of.channels()] + residual(operands, line + x);
      } else {
        for (int c = 0; c < step; c++) {
          dst[at + x * step + c] = bias[c] + residual(operands, line + x * step + c);
        }
      }
    }
  }

  private static float residual(Operands operands, int index) {
    return operands.residual == null ? 0 : operands.residual[operands.residualOffset + index];
  }

  private void add(float[] src, int from, float[] dst, int to) {
    border(src, 0, columns.inside(), from, dst, to);
    int inside = from + columns.inside() * step;
    int count = (columns.endInside() - columns.inside()) * step;
    for (int i = 0; i < count; i++) {
      dst[to + i] += src[inside + i];
    }
    border(src, columns.endInside(), columns.places(), from, dst, to);
  }

  private void border(float[] src, int place, int end, int from, float[] dst, int to) {
    for (int i = place; i < end; i++) {
      int target = columns.source(i);
      for (int c = 0; target >= 0 && c < step; c++) {
        dst[to + target * step + c] += src[from + i * step + c];
      }
    }
  }
}
