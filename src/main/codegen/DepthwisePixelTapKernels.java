import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.depthwise.DepthwisePixelTapKernels}: depthwise convolution
 * tap by tap with neighbouring pixels, and their channels if these lie between them, in the lanes;
 * a static method for each way to read the input and the weights, number of rows and kernel width.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract</h2>
 *
 * For each of {@code planes} planes and each vector of outputs of a row, {@code strips} of them, a
 * kernel of {@code S} columns computes {@code T} output rows, with the operands of a {@code
 * DepthwisePixelTapCall p}:
 *
 * <pre>
 *   y[yAt + plane * yPlane + t * yRow + yColumns[strip] + l] =
 *       min(high, max(low, bias[l]
 *              + sum over r in [firstRow, endRow) and s in [0, S) of
 *                    x[xAt + plane * xPlane + t * xDown + r * xRow + xColumns[strip] + s * xTap
 *                        + lanes[l]] * weight[r, s, l]))
 * </pre>
 *
 * <ul>
 *   <li>{@code lanes}, from {@code lanes[0] = 0} to below twice LANES: which of two vectors of
 *       inputs each lane sees. Where that is the first vector as it is, the methods are named
 *       {@code plain}, else {@code picked}. {@code pickedOne} loads these two once for a row of the
 *       kernel, with {@code lanes} for each of its columns and an {@code xTap} of 0.
 *   <li>{@code masks}: at {@code maskAt[strip]} a vector for each kernel column, with zeros where
 *       it is outside. Bits, since a product with zero would let infinities and NaNs of the
 *       neighbouring row through.
 *   <li>Weights are {@code One}: a float for all lanes, {@code w[wAt + plane * wPlane + r * S +
 *       s]}, and behind them the bias; or {@code Each}: a vector.
 *   <li>A whole vector is stored.
 * </ul>
 *
 * <h2>Why this way</h2>
 *
 * It makes no use of what windows share, so that it serves every stride and dilation: a
 * multiply-add costs a load, or two and a permutation. Four rows share the load of a weight.
 */
final class DepthwisePixelTapKernels {
  /** Output rows of a call. */
  private static final int ROWS = 4;

  /** Kernel widths that are written out. */
  private static final int[] WIDTHS = {3, 5};

  private static final String OPERANDS =
      "int planes, int strips, int kernelWidth, int firstRow, int endRow, float[] x, int xAt,"
          + " int xPlane, int xDown, int xRow, int xTap, int[] xColumns, int[] lanes, int[] masks,"
          + " int[] maskAt, float[] w, int wAt, int wPlane, int wBias, float[] y, int yAt,"
          + " int yPlane, int yRow, int[] yColumns, boolean clamped, float low, float high";

  private static final String HEADER =
      """
      package dev.convector.internal.depthwise;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;

      /** Generated, see DepthwisePixelTapKernels in the codegen folder. */
      final class DepthwisePixelTapKernels {
        /** Output rows of a call that has more than one. */
        static final int ROWS = {ROWS};

        private DepthwisePixelTapKernels() {}

        /**
         * @param picked whether lanes are permuted
         * @param each whether lanes have weights of their own
         * @param rows 1 or {@link #ROWS}
         */
        static void run(DepthwisePixelTapCall p, boolean picked, boolean each, int rows) {
          switch ((picked ? 4 : 0) + (each ? 2 : 0) + (rows == 1 ? 0 : 1)) {
      """;

  private static final String CASE =
      """
            case {number} -> {kind}{rows}(p);
      """;

  private static final String CASES_END =
      """
            default -> throw new AssertionError("no rows " + rows);
          }
        }
      """;

  private static final String WIDTH =
      """

        private static void {kind}{rows}(DepthwisePixelTapCall p) {
          switch (p.kernelWidth) {
            case 3 -> {kind}{rows}Width3({operands});
            case 5 -> {kind}{rows}Width5({operands});
            default -> {kind}{rows}Any({operands});
          }
        }
      """;

  private static final String METHOD =
      """

        private static void {kind}{rows}{name}({parameters}) {
          FloatVector lows = FloatVector.broadcast(SPECIES, low);
          FloatVector highs = FloatVector.broadcast(SPECIES, high);
          IntVector lane = IntVector.fromArray(INTS, lanes, 0); @where pickedEach
          IntVector lane{s} = IntVector.fromArray(INTS, lanes, {s} * LANES); @where pickedOne && written
          for (int plane = 0; plane < planes; plane++) {
            int wp = wAt + plane * wPlane;
            for (int strip = 0; strip < strips; strip++) {
              int from = xAt + plane * xPlane + xColumns[strip];
              int mask = maskAt[strip];
              IntVector m{s} = IntVector.fromArray(INTS, masks, mask + {s} * LANES); @where written
              FloatVector a{t} = FloatVector.fromArray(SPECIES, w, wp + wBias); @where each
              FloatVector a{t} = FloatVector.broadcast(SPECIES, w[wp + wBias]); @where !each
              for (int r = firstRow; r < endRow; r++) {
                @if pickedOne
                int row = from + r * xRow;
                IntVector u_{t} = FloatVector.fromArray(SPECIES, x, row + {t} * xDown).reinterpretAsInts();
                IntVector v_{t} = FloatVector.fromArray(SPECIES, x, row + {t} * xDown + LANES).reinterpretAsInts();
                @end
                @if written
                int tap = r * {width};
                @for s
                int at{s} = from + r * xRow + {s} * xTap; @where !pickedOne
                @weight {s}, tap + {s}
                @product {s}, at{s}, m{s}
                @end
                @else
                for (int s = 0; s < kernelWidth; s++) {
                  int tap = r * kernelWidth + s;
                  int at = from + r * xRow + s * xTap; @where !pickedOne
                  IntVector lane = IntVector.fromArray(INTS, lanes, s * LANES); @where pickedOne
                  IntVector m = IntVector.fromArray(INTS, masks, mask + s * LANES);
                  @weight , tap
                  @product , at, m
                }
                @end
              }
              int to = yAt + plane * yPlane + yColumns[strip];
              @limit a{t}
              a{t}.intoArray(y, to + {t} * yRow);
            }
          }
        }
      """;

  private static final String WEIGHT =
      """
      FloatVector k$1 = FloatVector.fromArray(SPECIES, w, wp + ($2) * LANES); @where each
      FloatVector k$1 = FloatVector.broadcast(SPECIES, w[wp + $2]); @where !each
      """;

  private static final String PRODUCT =
      """
      @if pickedOne
      FloatVector x$1_{t} = lane$1.selectFrom(u_{t}, v_{t}).and($3).reinterpretAsFloats();
      @else
      @if pickedEach
      IntVector u$1_{t} = FloatVector.fromArray(SPECIES, x, $2 + {t} * xDown).reinterpretAsInts();
      IntVector v$1_{t} = FloatVector.fromArray(SPECIES, x, $2 + {t} * xDown + LANES).reinterpretAsInts();
      FloatVector x$1_{t} = lane.selectFrom(u$1_{t}, v$1_{t}).and($3).reinterpretAsFloats();
      @else
      FloatVector x$1_{t} = FloatVector.fromArray(SPECIES, x, $2 + {t} * xDown).reinterpretAsInts().and($3).reinterpretAsFloats();
      @end
      @end
      a{t} = x$1_{t}.fma(k$1, a{t});
      """;

  private DepthwisePixelTapKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(Template.of(HEADER).set("ROWS", ROWS).expand());
    for (int kind = 0; kind < 8; kind++) {
      out.append(of(CASE, kind).set("number", kind).expand());
    }
    out.append(CASES_END);
    for (int kind = 0; kind < 8; kind++) {
      out.append(of(WIDTH, kind).operands(OPERANDS).expand());
      for (int width : WIDTHS) {
        out.append(method(kind, "Width" + width, width));
      }
      out.append(method(kind, "Any", 0));
    }
    Template.write(
        root,
        "dev.convector.internal.depthwise",
        "DepthwisePixelTapKernels",
        out.append("}\n").toString());
  }

  private static Template of(String text, int kind) {
    boolean picked = kind >= 4;
    boolean each = kind / 2 % 2 == 1;
    return Template.of(text)
        .set("kind", (picked ? "picked" : "plain") + (each ? "Each" : "One"))
        .set("pickedOne", picked && !each)
        .set("pickedEach", picked && each)
        .set("each", each)
        .set("rows", kind % 2 == 0 ? 1 : ROWS);
  }

  /** For any kernel width if it is 0. */
  private static String method(int kind, String name, int width) {
    String text = Template.splice(METHOD, "weight", WEIGHT);
    text = Template.splice(text, "product", PRODUCT);
    return of(text, kind)
        .operands(OPERANDS)
        .set("name", name)
        .set("written", width > 0)
        .set("width", width)
        .index("s", Math.max(1, width))
        .index("t", kind % 2 == 0 ? 1 : ROWS)
        .expand();
  }
}
