package dev.convector.internal.padding;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.util.Arrays;

/** Writes padded images: every place of them, line by line. */
public final class PadWork implements PackedWork {
  private final PaddedImages of;
  private final PaddedAxis columns;
  private final int step;
  private final int lines;

  public PadWork(PaddedImages of) {
    this.of = of;
    this.columns = of.columns();
    this.step = of.step();
    this.lines = of.blocks() * of.depth().places() * of.rows().places();
  }

  /** Floats of the images before they are padded. */
  public int sourceFloats() {
    return of.floats();
  }

  @Override
  public long packedBytes() {
    return 0;
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
    int lineFloats = columns.size() * step;
    int placesFloats = columns.places() * step;
    footprint.written.add(first * placesFloats, (end - first) * placesFloats);
    for (int line = first; line < end; line++) {
      int source = source(line);
      if (source >= 0) {
        footprint.read.add(source * lineFloats, lineFloats);
      }
    }
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int end = Split.start(lines, unit + 1, units);
    for (int line = Split.start(lines, unit, units); line < end; line++) {
      int source = source(line);
      int to = operands.dstOffset + line * columns.places() * step;
      if (source < 0) {
        Arrays.fill(operands.dst, to, to + columns.places() * step, 0);
      } else {
        pad(operands, operands.srcOffset + source * columns.size() * step, to);
      }
    }
  }

  /** The line of the input that a padded one holds; negative for zeros. */
  private int source(int line) {
    int plane = line / of.rows().places();
    int row = of.rows().source(line % of.rows().places());
    int slice = of.depth().source(plane % of.depth().places());
    int block = plane / of.depth().places();
    return row < 0 || slice < 0 ? -1 : (block * of.depth().size() + slice) * of.rows().size() + row;
  }

  private void pad(Operands operands, int from, int to) {
    int inside = columns.inside();
    int end = columns.endInside();
    border(operands, 0, inside, from, to);
    System.arraycopy(operands.src, from, operands.dst, to + inside * step, (end - inside) * step);
    border(operands, end, columns.places(), from, to);
  }

  /** Places outside the input, each copied from an element of the line, or zero. */
  private void border(Operands operands, int place, int end, int from, int to) {
    float[] src = operands.src;
    float[] dst = operands.dst;
    for (int i = place; i < end; i++) {
      int source = columns.source(i);
      for (int c = 0; c < step; c++) {
        dst[to + i * step + c] = source < 0 ? 0 : src[from + source * step + c];
      }
    }
  }
}
