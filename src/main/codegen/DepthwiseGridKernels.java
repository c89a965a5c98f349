import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.depthwise.DepthwiseGridKernels}: depthwise tiles of one or
 * two output rows and up to four output columns, channels innermost, for kernels of any height; a
 * class for each kernel width and stride, a static method for each tile.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code R} output rows, {@code Q} output columns and {@code S} kernel columns at stride
 * {@code D} computes, for each row {@code t}, column {@code q} and channel {@code c} in {@code
 * [from, to)}, with the operands of a {@code DepthwiseCall p},
 *
 * <pre>
 *   y[yOffset + t * tileRow + q * tileStep + c] =
 *       min(high, max(low, start
 *              + sum over r in [0, height) and s in [0, S) of
 *                    x[xOffset + (t * D + r) * xRow + (q * D + s) * xStep + c]
 *                        * w[wOffset + c * height * S + (r * S + s) * LANES]))
 * </pre>
 *
 * <ul>
 *   <li>Where {@code to - from} is no multiple of LANES, the last vector ends with {@code to}, and
 *       its weights follow those before as if it did not overlap them.
 *   <li>Sums start from what the output holds if {@code started}, else from {@code
 *       start[startOffset + c]}.
 *   <li>Of the input rows {@code t * D + r} only those in {@code [line, endLine)} are inside the
 *       image, of the input columns {@code q * D + s} those in {@code [left, right)}; at most
 *       {@code S / 2} columns are outside on each side. Those outside are left out.
 *   <li>With a dilation, at stride 1, neighbours in a tile are outputs a dilation apart: such a
 *       convolution is as many without dilation as there are remainders of rows and columns.
 * </ul>
 *
 * <h2>Why these tiles</h2>
 *
 * An input row feeds both output rows, the second with the weights that the first had a row before,
 * which stay in registers: 8 sums, 10 weights at 5 columns. So 5x5 kernels need 13 loads for 40
 * multiply-adds, where tiles of one row and 7 columns need 16 for 35, and {@code float[]} data
 * isn't aligned, so that most loads are of two cache lines. The whole kernel written out needs
 * fewer still, but at 200 multiply-adds the client compiler refuses it ("out of virtual
 * registers"). With 16 registers sums and weights of two rows don't all fit, but fewer loads, and
 * range checks with them, gain more: against one row 3x4 on 96 channels at 28x28 takes 0.84 of the
 * time, 4x4 on 40 0.83, 5x5 on 240 at 14x14 0.84, of 4 and 5 kernel columns with three columns (of
 * four 4x4 took 0.8 or 1.25, from start to start); but 1x3 on 64 at 28x28, whose rows share no
 * input, 2.4 (Zen 4 without AVX-512).
 *
 * <p>With stride 2 square kernels are written out: an instruction that reads all lines in turn is
 * none of which a processor finds the next read. From memory 4x4 on 64 channels at 400x400 takes
 * 0.49 of the time of the loop, 2x2 on 264 at 210x210 0.61, in the caches 0.88 to 1.02 (Zen 5).
 */
final class DepthwiseGridKernels {
  /** Most output columns of a tile. */
  private static final int MOST_COLUMNS = 4;

  /** Kernel widths with a class of their own. */
  private static final int[] WIDTHS = {1, 2, 3, 4, 5};

  /**
   * Widest kernel with tiles at stride 2, which have one row: of 5 columns DepthwiseKernels takes
   * 0.88 to 1.0 of the time (240 channels at 28x28, 672 at 14x14), of 2 and 4 1.75 and 3.1. Tiles
   * of two rows were not compiled for good in a second.
   */
  private static final int NARROW = 4;

  private static final String PACKAGE = "dev.convector.internal.depthwise";

  private static final String OPERANDS =
      "int from, int to, int height, int line, int endLine, int left, int right, float[] x,"
          + " int xOffset, int xStep, int xRow, float[] w, int wOffset, boolean started,"
          + " float[] start, int startOffset, float[] y, int yOffset, int tileStep, int tileRow,"
          + " boolean clamped, float low, float high";

  private static final String HEADER =
      """
      package dev.convector.internal.depthwise;

      import dev.convector.internal.simd.Simd;

      /** Tiles of rows and columns; generated, see DepthwiseGridKernels in the codegen folder. */
      final class DepthwiseGridKernels {
        /** Most output columns of a tile. */
        static final int COLUMNS = {most};

        private DepthwiseGridKernels() {}

        /** Whether there are tiles for so many kernel columns at a stride. */
        static boolean has(int width, int stride) {
          return width >= 2 && width <= {narrow} || stride == 1 && (width == 1 || width == 5);
        }

        /** Most output rows of a tile of a kernel of more than one row, or at a stride. */
        static int rows(int stride) {
          return stride == 1 ? 2 : 1;
        }

        static void run(DepthwiseCall p, int width, int stride, int rows, int columns) {
          boolean square = stride == 2 && p.height == width;
          int tile = square ? columns : rows * {most} + columns;
          switch (width * 2 + stride) {
      """;

  private static final String WIDTH =
      """
            case {width * 2 + stride} -> DepthwiseGridKernels{width}s{stride}.run(p, tile);
      """;

  private static final String END =
      """
            default -> throw new AssertionError("no tile for a width of " + width);
          }
        }
      }
      """;

  private static final String CLASS_START =
      """
      package dev.convector.internal.depthwise;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;

      /** Tiles of {width} kernel columns at stride {stride}; generated. */
      final class DepthwiseGridKernels{width}s{stride} {
        private DepthwiseGridKernels{width}s{stride}() {}

        static void run(DepthwiseCall p, int tile) {
          switch (tile) {
            case {most + q + 1} -> rows1Columns{q + 1}({operands});
            case {q + 1} -> squareColumns{q + 1}({operands}); @where stride == 2
            case {2 * most + q + 1} -> rows2Columns{q + 1}({operands}); @where stride == 1
            default -> throw new AssertionError("no tile " + tile);
          }
        }
      """;

  private static final String METHOD =
      """

        private static void {name}Columns{columns}({parameters}) {
          FloatVector lows = FloatVector.broadcast(SPECIES, low);
          FloatVector highs = FloatVector.broadcast(SPECIES, high);
          int taps = height * {width};
          @if !square
          int first = Math.max(line, {rows - 1});
          int end = Math.min(endLine, height);
          @end
          for (int i = from; i < to; i += LANES) {
            int c = Math.min(i, to - LANES);
            int wc = wOffset + i * taps;
            int yc = yOffset + c;
            FloatVector f{t}_{q} = FloatVector.fromArray(SPECIES, start, startOffset + c);
            if (started) {
              f{t}_{q} = FloatVector.fromArray(SPECIES, y, yc + {t} * tileRow + {q} * tileStep);
            }
            @if two
            int wp = wc + (Math.min(first, height) - 1) * {width} * LANES;
            FloatVector p{s} = FloatVector.fromArray(SPECIES, w, wp + {s} * LANES);
            if (line == 0 && endLine > 0) {
              int xc = xOffset + c;
              @columns 0, p
            }
            @end
            @if square
            @for l
            if (line <= {l} && endLine > {l}) {
              int xc = xOffset + {l} * xRow + c;
              FloatVector n{s} = FloatVector.fromArray(SPECIES, w, wc + {l * width + s} * LANES);
              @both
            }
            @end
            @else
            for (int l = first; l < end; l++) {
              int xc = xOffset + l * xRow + c;
              int wl = wc + l * {width} * LANES;
              FloatVector n{s} = FloatVector.fromArray(SPECIES, w, wl + {s} * LANES);
              @both
              @if two
              p{s} = n{s};
              @end
            }
            @end
            @if two
            if (endLine > height && line <= height) {
              int xc = xOffset + height * xRow + c;
              @columns 1, p
            }
            @end
            @limit f{t}_{q}
            f{t}_{q}.intoArray(y, yc + {t} * tileRow + {q} * tileStep);
          }
        }
      """;

  /** The products of an input row with output row $1's weights $2. */
  private static final String COLUMNS =
      """
      @for k
      @edge
      FloatVector v{k} = FloatVector.fromArray(SPECIES, x, xc + {k} * xStep);
      f$1_{q} = v{k}.fma($2{s}, f$1_{q}); @where q * stride + s == k
      @endEdge
      @end
      """;

  /** The products of an input row with both output rows' weights. */
  private static final String BOTH =
      """
      @for k
      @edge
      FloatVector v{k} = FloatVector.fromArray(SPECIES, x, xc + {k} * xStep);
      f0_{q} = v{k}.fma(n{s}, f0_{q}); @where q * stride + s == k
      @if two
      f1_{q} = v{k}.fma(p{s}, f1_{q}); @where q * stride + s == k
      @end
      @endEdge
      @end
      """;

  private static final String EDGE =
      """
      @if k < edge
      if (left <= {k}) {
      @end
      @if k >= far
      if (right > {k}) {
      @end
      """;

  private static final String END_EDGE =
      """
      @if k < edge
      }
      @end
      @if k >= far
      }
      @end
      """;

  private DepthwiseGridKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(Template.of(HEADER).set("most", MOST_COLUMNS).set("narrow", NARROW).expand());
    for (int width : WIDTHS) {
      for (int stride = 1; stride <= (width == 1 || width > NARROW ? 1 : 2); stride++) {
        out.append(Template.of(WIDTH).set("width", width).set("stride", stride).expand());
        writeClass(root, width, stride);
      }
    }
    Template.write(root, PACKAGE, "DepthwiseGridKernels", out.append(END).toString());
  }

  private static void writeClass(String root, int width, int stride) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(
        Template.of(CLASS_START)
            .operands(OPERANDS)
            .set("width", width)
            .set("stride", stride)
            .set("most", MOST_COLUMNS)
            .index("q", MOST_COLUMNS)
            .expand());
    for (int rows = 1; rows <= (stride == 1 ? 2 : 1); rows++) {
      for (int columns = 1; columns <= MOST_COLUMNS; columns++) {
        out.append(tile(width, stride, rows, columns, false));
        if (stride == 2) {
          out.append(tile(width, stride, rows, columns, true));
        }
      }
    }
    Template.write(
        root, PACKAGE, "DepthwiseGridKernels" + width + "s" + stride, out.append("}\n").toString());
  }

  private static String tile(int width, int stride, int rows, int columns, boolean square) {
    String text = Template.splice(METHOD, "columns", COLUMNS);
    text = Template.splice(text, "both", BOTH);
    text = Template.splice(text, "edge", EDGE);
    text = Template.splice(text, "endEdge", END_EDGE);
    int across = (columns - 1) * stride + width;
    return Template.of(text)
        .operands(OPERANDS)
        .set("width", width)
        .set("rows", rows)
        .set("stride", stride)
        .set("two", rows == 2)
        .set("square", square)
        .set("name", square ? "square" : "rows" + rows)
        .index("l", width)
        .set("columns", columns)
        .set("edge", width / 2)
        .set("far", across - width / 2)
        .index("k", across)
        .index("t", rows)
        .index("q", columns)
        .index("s", width)
        .expand();
  }
}
