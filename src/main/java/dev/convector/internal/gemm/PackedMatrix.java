package dev.convector.internal.gemm;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.ReadAhead;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The right operand of a product, times alpha, packed whole: blocks of at most KC rows, in each of
 * them panels of NR columns, the last only as many vectors wide as hold its columns, with zeros
 * beyond them.
 */
public final class PackedMatrix {
  private static final int NR = DenseWeights.NR;

  private final GemmShape shape;
  private final AlignedFloats floats;

  public PackedMatrix(GemmShape shape, float[] b, int bOffset) {
    this.shape = shape;
    int panels = Math.ceilDiv(shape.n(), NR);
    this.floats = AlignedFloats.allocate(shape.k() * Simd.roundUp(shape.n()));
    for (int row = 0; row < shape.k(); row += Blocking.KC) {
      int rows = Math.min(Blocking.KC, shape.k() - row);
      for (int panel = 0; panel < panels; panel++) {
        pack(shape, b, bOffset, row, rows, panel, floats(), offset(row, panel));
      }
    }
  }

  float[] floats() {
    return floats.array();
  }

  /** Where a panel's rows from {@code row} on start; row is a multiple of KC. */
  int offset(int row, int panel) {
    int rows = Math.min(Blocking.KC, shape.k() - row);
    return floats.offset() + row * Simd.roundUp(shape.n()) + panel * rows * NR;
  }

  /** Width of a panel. */
  static int width(GemmShape shape, int panel) {
    return Math.min(NR, Simd.roundUp(shape.n() - panel * NR));
  }

  /** Whether it is taken to come from memory. */
  boolean isFar() {
    return ReadAhead.pays(bytes());
  }

  public long bytes() {
    return floats.bytes();
  }

  /** Packs rows {@code [row, row + rows)} of a panel. */
  static void pack(
      GemmShape shape,
      float[] b,
      int bOffset,
      int row,
      int rows,
      int panel,
      float[] packed,
      int at) {
    int column = panel * NR;
    int width = width(shape, panel);
    int columns = Math.min(width, shape.n() - column);
    if (columns < width) {
      Arrays.fill(packed, at, at + rows * width, 0);
    }
    if (shape.transposeB()) {
      int from = bOffset + column * shape.ldb() + row;
      Transpose.run(b, from, shape.ldb(), columns, rows, packed, at, width);
    } else {
      int from = bOffset + row * shape.ldb() + column;
      copyRows(b, from, shape.ldb(), rows, columns, packed, at, width);
    }
    if (shape.alpha() != 1) {
      scale(packed, at, rows * width, shape.alpha());
    }
  }

  private static void copyRows(
      float[] b, int from, int stride, int rows, int columns, float[] packed, int at, int width) {
    if (columns < width) {
      for (int i = 0; i < rows; i++) {
        System.arraycopy(b, from + i * stride, packed, at + i * width, columns);
      }
      return;
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < width; j += LANES) {
        FloatVector.fromArray(SPECIES, b, from + i * stride + j)
            .intoArray(packed, at + i * width + j);
      }
    }
  }

  /** Multiplies whole vectors in place. */
  static void scale(float[] values, int offset, int count, float factor) {
    for (int i = offset; i < offset + count; i += LANES) {
      FloatVector.fromArray(SPECIES, values, i).mul(factor).intoArray(values, i);
    }
  }
}
