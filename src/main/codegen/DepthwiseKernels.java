import java.io.IOException;
import java.util.Locale;

/**
 * Prints {@code dev.convector.internal.depthwise.DepthwiseKernels}: one static method per tile of
 * the depthwise micro-kernel.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code T} neighbouring output columns, {@code S} kernel columns and column stride
 * {@code D} computes, for each column {@code t} and each channel {@code c} in {@code [from, to)},
 * with the operands of a {@code DepthwiseCall p},
 *
 * <pre>
 *   y[yOffset + t * yStep + c] =
 *       min(high, max(low, start[startOffset + t * startStep + c]
 *              + sum over g in [0, groups) and s in [0, S) of
 *                    x[xOffset + table[tableOffset + g] + (t * D + s) * xStep + c]
 *                        * w[wOffset + c * taps + (g * S + s) * LANES]))
 * </pre>
 *
 * <ul>
 *   <li>A group {@code g} is a run of {@code S} taps on neighbouring input columns: a kernel row,
 *       or a part of one. {@code table} says where each starts, so that rows, dilation and taps in
 *       any arrangement ({@code S} = 1) are the same loop.
 *   <li>{@code w}: for each vector of channels its {@code taps} taps, {@code LANES} floats each.
 *   <li>{@code start}: where the sums begin. {@code startStep = 0} gives every column the same
 *       values (a bias); otherwise they follow the columns (a residual, or an earlier pass over
 *       other taps), and may be the very place of {@code y}.
 *   <li>{@code left}, {@code right}: how many of the first and last input columns of the tile lie
 *       outside the image and count as zeros; at most {@code S / 2} each, and at least one column
 *       of the tile must lie inside.
 *   <li>{@code from}, {@code to} are multiples of LANES. Channels that don't fill a vector go
 *       through scratch: C2 gives up on tiles with masked loads, which then allocate every vector.
 * </ul>
 *
 * <h2>Why these tiles</h2>
 *
 * One input vector serves up to {@code S} of the tile's outputs, and one weight vector all {@code
 * T}: 3 kernel columns and 7 output columns need 9 + 3 loads for 21 multiply-adds, where one output
 * alone would need 42. Each input is used at once and forgotten, so that only {@code T} sums and
 * {@code S} weights stay in registers: 14 with 7 and 7, which fits 16 registers too. Widths of 7,
 * 14, 28, 56 and 112 are whole tiles of 7; others are cut as evenly as possible.
 *
 * <p>{@code tiles} such tiles follow one another along the row: the first has {@code left} columns
 * outside, the last {@code right}. Their loop is inside the method, since a call costs as much as a
 * tile: with it outside 32 channels at 112x112 took 205 microseconds, inside 111 to 140 (Zen 4).
 *
 * <p>A strip in scratch has its columns LANES floats apart and zeros outside: one address serves
 * all columns of a run, nothing is blended, and with 32 registers a tile has 14 columns, since 7
 * sums cannot hide the latency of two multiply-adds a cycle (four cycles each). Methods named
 * {@code run} read columns any step apart, all of which are inside. Tiles of both are {@code xTile}
 * and {@code yTile} apart, along the row or down the rows.
 *
 * <p>Columns outside are blended to zeros instead of having methods of their own. Most kernels of
 * three rows and columns have {@link Depthwise3x3Kernels} instead.
 */
final class DepthwiseKernels {
  /** Widest tile. */
  private static final int TILE = 7;

  /** Widest tile of a strip where there are 32 registers. */
  private static final int WIDE_TILE = 14;

  /**
   * Widest tile with 16 registers, of kernels of more than so many columns: 7 sums, 7 weights and
   * what is blended don't fit. Of the time of 7 columns 7x7 on 96 channels at 56x56 takes 0.80, 9x9
   * at 40x40 0.78, 31x31 0.86, but 5x5 with stride 2 1.04; with 4 columns 0.87, 0.86, 1.14 and 1.20
   * (UseAVX=2, Zen 4).
   */
  private static final int FEW_TILE = 5;

  private static final int FEW_COLUMNS = 5;

  /** Most kernel columns of a run; 1 serves any arrangement of taps. */
  private static final int COLUMNS = 7;

  /** What looks out for columns outside, what reads a strip, what reads columns any step apart. */
  private enum Kind {
    TILE,
    STRIP,
    RUN;

    String method() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Largest stride of kernels of so many columns; 0 for none. */
    int strides(int columns) {
      if (this != TILE) {
        return 1;
      }
      return columns == 1 ? 0 : columns == 4 || columns == 6 ? 1 : 2;
    }

    String operands() {
      return COMMON_OPERANDS
          + switch (this) {
            case TILE -> ", int xStep, int left, int right";
            case STRIP -> ", int xTile, int startTile, int yTile";
            case RUN -> ", int xStep, int xTile, int startTile, int yTile";
          };
    }
  }

  private static final String COMMON_OPERANDS =
      "int from, int to, int tiles, float[] x, int xOffset, int[] table, int tableOffset,"
          + " int groups, float[] w, int wOffset, int taps, float[] start, int startOffset,"
          + " int startStep, float[] y, int yOffset, int yStep, boolean clamped, float low,"
          + " float high";

  private static final String PACKAGE = "dev.convector.internal.depthwise";

  private static final String HEADER =
      """
      package dev.convector.internal.depthwise;

      import dev.convector.internal.simd.Simd;

      /** Tiles of the depthwise micro-kernel; generated, see DepthwiseKernels in the codegen folder. */
      final class DepthwiseKernels {
        /** Most output columns of a tile. */
        static final int TILE = {tile};

        private DepthwiseKernels() {}

        /** Most output columns of a tile, for kernels of so many columns. */
        static int tile(int kernelColumns) {
          return kernelColumns > {shortest} && !Simd.MANY_REGISTERS ? {few} : TILE;
        }

        /** The same of a strip. */
        static int stripTile(int kernelColumns) {
          return Simd.MANY_REGISTERS ? {wide} : tile(kernelColumns);
        }

        /** Whether there are methods for so many kernel columns at a stride. */
        static boolean has(int columns, int stride) {
          return switch (columns) {
            case 2, 3, 5, 7 -> stride == 1 || stride == 2;
            case 4, 6 -> stride == 1;
            default -> false;
          };
        }
      """;

  private static final String SHAPES_START =
      """

        static void {kind}(DepthwiseCall p, int columns{parameter}, int tile) {
          switch (columns{number}) {
      """;

  private static final String SHAPE =
      """
            case {case} -> DepthwiseKernels{columns}s{stride}.{kind}(p, tile);
      """;

  private static final String SHAPES_END =
      """
            default -> throw new AssertionError("no tile of " + columns + " columns");
          }
        }
      """;

  private static final String CLASS_START =
      """
      package dev.convector.internal.depthwise;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.VectorMask; @where masked

      /** Tiles of {columns} kernel columns at stride {stride}; generated. */
      final class DepthwiseKernels{columns}s{stride} {
        private DepthwiseKernels{columns}s{stride}() {}
      """;

  private static final String TILES =
      """

        static void {kind}(DepthwiseCall p, int tile) {
          switch (tile) {
            case {t + 1} -> {kind}{t + 1}({operands});
            default -> throw new AssertionError("no tile of " + tile);
          }
        }
      """;

  /**
   * Of the input columns {@code j}, those before {@code edge} may be outside at the left, those
   * from {@code far} on at the right; none is both.
   */
  private static final String METHOD =
      """

        private static void {kind}{tile}({parameters}) {
          FloatVector lows = FloatVector.broadcast(SPECIES, low);
          FloatVector highs = FloatVector.broadcast(SPECIES, high);
          FloatVector zeros = FloatVector.zero(SPECIES); @where masked
          for (int c = from; c < to; c += LANES) {
            int wc = wOffset + c * taps;
            for (int i = 0; i < tiles; i++) {
              @if masked
              int skip = i == 0 ? left : 0;
              int drop = i == tiles - 1 ? right : 0;
              int xi = xOffset + i * {tile * stride} * xStep;
              @for j
              int x{j} = xi + Math.max({j}, skip) * xStep; @where j < edge
              VectorMask<Float> m{j} = FloatVector.broadcast(SPECIES, {j} < skip ? 0f : 1f).lt(0.5f); @where j < edge
              int x{j} = xi + {j} * xStep; @where j >= edge && j < far
              int x{j} = xi + Math.min({j}, {last} - drop) * xStep; @where j >= far
              VectorMask<Float> m{j} = FloatVector.broadcast(SPECIES, {last - j} < drop ? 0f : 1f).lt(0.5f); @where j >= far
              @end
              @else
              int si = startOffset + i * startTile;
              int yi = yOffset + i * yTile;
              int xi = xOffset + i * xTile;
              int x{j} = xi + {j} * xStep; @where run
              @end
              FloatVector y{t} = FloatVector.fromArray(SPECIES, start, startOffset + (i * {tile} + {t}) * startStep + c); @where masked
              FloatVector y{t} = FloatVector.fromArray(SPECIES, start, si + {t} * startStep + c); @where !masked
              for (int g = 0; g < groups; g++) {
                int xg = table[tableOffset + g] + c;
                FloatVector w{s} = FloatVector.fromArray(SPECIES, w, wc + (g * {columns} + {s}) * LANES);
                @for j
                FloatVector v{j} = FloatVector.fromArray(SPECIES, x, xg + xi + {j} * LANES); @where strip
                FloatVector v{j} = FloatVector.fromArray(SPECIES, x, xg + x{j}); @where run
                FloatVector v{j} = FloatVector.fromArray(SPECIES, x, xg + x{j}); @where masked && j >= edge && j < far
                FloatVector v{j} = FloatVector.fromArray(SPECIES, x, xg + x{j}).blend(zeros, m{j}); @where masked && j < edge
                FloatVector v{j} = FloatVector.fromArray(SPECIES, x, xg + x{j}).blend(zeros, m{j}); @where masked && j >= far
                y{t} = v{j}.fma(w{s}, y{t}); @where t * stride + s == j
                @end
              }
              @limit y{t}
              y{t}.intoArray(y, yOffset + (i * {tile} + {t}) * yStep + c); @where masked
              y{t}.intoArray(y, yi + {t} * yStep + c); @where !masked
            }
          }
        }
      """;

  private DepthwiseKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(
        Template.of(HEADER)
            .set("tile", TILE)
            .set("wide", WIDE_TILE)
            .set("few", FEW_TILE)
            .set("shortest", FEW_COLUMNS)
            .expand());
    for (Kind kind : Kind.values()) {
      boolean strided = kind == Kind.TILE;
      out.append(
          Template.of(SHAPES_START)
              .set("kind", kind.method())
              .set("parameter", strided ? ", int stride" : "")
              .set("number", strided ? " * 2 + stride" : "")
              .expand());
      for (int columns = 1; columns <= COLUMNS; columns++) {
        for (int stride = 1; stride <= kind.strides(columns); stride++) {
          int number = strided ? columns * 2 + stride : columns;
          out.append(shape(SHAPE, kind, columns, stride).set("case", number).expand());
        }
      }
      out.append(SHAPES_END);
    }
    Template.write(root, PACKAGE, "DepthwiseKernels", out.append("}\n").toString());
    for (int columns = 1; columns <= COLUMNS; columns++) {
      for (int stride = 1; stride <= Math.max(1, Kind.TILE.strides(columns)); stride++) {
        writeClass(root, columns, stride);
      }
    }
  }

  private static void writeClass(String root, int columns, int stride) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(
        Template.of(CLASS_START)
            .set("columns", columns)
            .set("stride", stride)
            .set("masked", columns > 1)
            .expand());
    for (Kind kind : Kind.values()) {
      if (stride > kind.strides(columns)) {
        continue;
      }
      int widest = kind == Kind.STRIP ? WIDE_TILE : TILE;
      out.append(shape(TILES, kind, columns, stride).index("t", widest).expand());
      for (int tile = 1; tile <= widest; tile++) {
        out.append(method(kind, columns, stride, tile));
      }
    }
    String name = "DepthwiseKernels" + columns + "s" + stride;
    Template.write(root, PACKAGE, name, out.append("}\n").toString());
  }

  private static Template shape(String text, Kind kind, int columns, int stride) {
    return Template.of(text)
        .operands(kind.operands())
        .set("kind", kind.method())
        .set("columns", columns)
        .set("stride", stride);
  }

  private static String method(Kind kind, int columns, int stride, int tile) {
    int span = (tile - 1) * stride + columns;
    int edge = columns / 2;
    return shape(METHOD, kind, columns, stride)
        .set("masked", kind == Kind.TILE)
        .set("strip", kind == Kind.STRIP)
        .set("run", kind == Kind.RUN)
        .set("tile", tile)
        .set("edge", edge)
        .set("far", span - edge)
        .set("last", span - 1)
        .index("j", span)
        .index("t", tile)
        .index("s", columns)
        .expand();
  }
}
