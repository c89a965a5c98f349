import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.depthwise.DepthwisePixelKernels}: depthwise convolution with
 * neighbouring output columns in the lanes, one static method for each kernel size and stride.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract</h2>
 *
 * For each of {@code planes} planes and each vector of output columns, which starts at a {@code
 * columns[strip]}, a K x K kernel at stride D computes {@code outputRows} rows {@code o} from the
 * {@code rows} input rows inside the image, with the operands of a {@code DepthwisePixelCall p}:
 *
 * <pre>
 *   y[yAt + plane * yPlane + o * yRow + column] =
 *       min(high, max(low, bias
 *              + sum over r and s in [0, K) with i = o * D + r - lead in [0, rows) of
 *                    x[xAt + plane * xPlane + i * xRow + column * D + s * xTap] * w[r, s]))
 * </pre>
 *
 * <ul>
 *   <li>{@code lead}, below K, is how many kernel rows of the first output lie above the image. All
 *       outputs but those that see no row at all, which there may be if {@code rows} is 0, see the
 *       last input row or one before.
 *   <li>{@code masks} has zeros where a loaded vector lies outside the image's columns: for each
 *       strip and each tap at stride 1; at stride 2 for the three vectors that are loaded (the
 *       first two lie next to each other, the third ends with the window or, of a 3x3 kernel, is
 *       the one float beyond them). Bits, since a product with zero would let infinities and NaNs
 *       of the neighbouring row through, and a {@code VectorMask} costs allocation in methods of
 *       this size.
 *   <li>{@code w} at {@code wAt}: for each plane its K * K weights and its bias. {@code xTap} is
 *       the dilation of columns, 1 at stride 2; that of rows is in {@code xRow} and {@code yRow}.
 *   <li>A whole vector is stored in every row, so what lies beyond the end of a row must be stored
 *       later.
 * </ul>
 *
 * {@code runEach}, at stride 1, has each lane's own weights, so that all channels of a
 * channels-last image are one plane whose taps lie as many floats apart as it has channels: those
 * of tap {@code t} begin at {@code w[wAt + t * EACH_STEP + phases[strip]]}, the bias being one more
 * tap. They repeat after as many floats as there are channels, and a phase is which channel a strip
 * begins with.
 *
 * <p>{@code runPairs} computes two planes at a time whose rows fill no more than half a vector, the
 * second {@code xPair}, {@code wPair} and {@code yPair} further on: a permutation of two loaded
 * rows, a row of each plane, by the {@code indices} of a kernel column gives its vector at either
 * stride.
 *
 * <h2>Why this way</h2>
 *
 * It rolls down the rows: an input row is loaded once, a vector for each kernel column, and goes
 * into the sums of all output rows that see it, which then move on by assignment. So K loads, which
 * mostly cross cache lines and then cost two cycles each, serve K * K multiply-adds; rows above and
 * below the image cost nothing.
 *
 * <p>The weights of a 3x3 kernel stay in registers. Larger ones are broadcast from memory at each
 * use, a load for each multiply-add, unless two input rows are taken at a time: one broadcast then
 * serves two. On Zen 4 a 7x7 kernel at 56x56 reaches 56 % of the multiply-add peak with one row, 69
 * % with two, 72 % with three and 74 % with four (lanes that overlap leave 87 %); but a number of
 * rows that is no multiple costs as much, and the client compiler refuses methods of more than some
 * 5,200 bytecodes ("out of virtual registers"), which stay without a profile.
 *
 * <p>At stride 2, loaded vectors are parted into even and odd columns, and the further taps are
 * shifted in from the third. On integers, since C2 converts a float index anew at every use. The
 * masks are applied to the three loaded vectors: one for each tap, 14 vectors for masks and indexes
 * of a 7x7 kernel, were spilled in every row and took 1.8 times as long. A pass is an odd and an
 * even row of the kernel, so that with an odd {@code lead}, as SAME padding of 3x3 and 7x7 kernels
 * has, no pass is half empty.
 */
final class DepthwisePixelKernels {
  private static final int[] SIZES = {3, 5, 7};

  private static final String OPERANDS =
      "int planes, int rows, int outputRows, int lead, float[] x, int xAt, int xPlane, int xRow,"
          + " int xTap, int[] columns, int[] masks, float[] w, int wAt, float[] y, int yAt,"
          + " int yPlane, int yRow, boolean clamped, float low, float high";

  private static final String EACH_OPERANDS =
      OPERANDS.replace("float[] w, int wAt", "float[] w, int wAt, int[] phases");

  private static final String PAIR_OPERANDS =
      OPERANDS.replace("int xTap, int[] columns", "int xPair, int wPair, int yPair, int[] indices");

  private static final String HEADER =
      """
      package dev.convector.internal.depthwise;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;

      /** The depthwise kernels with pixels in the lanes; generated, see DepthwisePixelKernels in the codegen folder. */
      final class DepthwisePixelKernels {
        /** Floats from the weights of a tap to the next one's, where each lane has its own. */
        static final int EACH_STEP = 2 * LANES;

        private static final IntVector LANE = IntVector.zero(INTS).addIndex(1);
        private static final IntVector EVEN = LANE.add(LANE);
        private static final IntVector ODD = EVEN.add(1);

        /** Lane 0 of the first vector in the lower half, of the second in the upper. */
        private static final IntVector SPREAD = LANE.and(LANES / 2).mul(2);

        /** The upper half. */
        private static final IntVector UPPER = LANE.add(LANES / 2);

        private static final IntVector NEXT3_{s} = next(3, {s}); @where s == 2
        private static final IntVector NEXT5_{s} = next(5, {s}); @where s >= 2 && s < 5
        private static final IntVector NEXT7_{s} = next(7, {s}); @where s >= 2

        private DepthwisePixelKernels() {}

        /** Shifts lanes down and fills them up with every second one of the third vector. */
        private static IntVector next(int kernel, int s) {
          int from = kernel == 3 ? 0 : LANES - (kernel - 2 - s % 2);
          int[] index = new int[LANES];
          for (int j = 0; j < LANES; j++) {
            int beyond = j + s / 2 - LANES;
            index[j] = beyond < 0 ? j + s / 2 : LANES + from + 2 * beyond;
          }
          return IntVector.fromArray(INTS, index, 0);
        }

        static void run(DepthwisePixelCall p, int kernel, int stride) {
          switch (kernel * 4 + stride) {
            case {8 * n + 13 + d} -> run{2 * n + 3}Stride{d + 1}({operands});
            default -> throw new AssertionError("no kernel of " + kernel);
          }
        }
      """;

  private static final String EACH =
      """

        static void runEach(DepthwisePixelCall p, int kernel) {
          switch (kernel) {
            case {2 * n + 3} -> runEach{2 * n + 3}Stride1({operands});
            default -> throw new AssertionError("no kernel of " + kernel);
          }
        }
      """;

  private static final String PAIRS =
      """

        static void runPairs(DepthwisePixelCall p, int stride) {
          switch (stride) {
            case {d + 1} -> runPairs3Stride{d + 1}({operands});
            default -> throw new AssertionError("no pairs at stride " + stride);
          }
        }
      """;

  /** Weights of a 3x3 kernel stay in registers. */
  private static final String START =
      """

        private static void {kind}{k}Stride{stride}({parameters}) {
          FloatVector lows = FloatVector.broadcast(SPECIES, low);
          FloatVector highs = FloatVector.broadcast(SPECIES, high);
          IntVector i{s} = IntVector.fromArray(INTS, indices, {s} * LANES); @where pair
          IntVector m{s} = IntVector.fromArray(INTS, masks, {s} * LANES); @where pair
          for (int plane = 0; plane < planes; plane++) {
            int wp = wAt + plane * {k * k + 1}; @where !each
            @if pair
            IntVector wv = FloatVector.fromArray(SPECIES, w, wp).reinterpretAsInts();
            IntVector wu = FloatVector.fromArray(SPECIES, w, wp + wPair).reinterpretAsInts();
            FloatVector w{r}_{s} = SPREAD.add({r * k + s}).selectFrom(wv, wu).reinterpretAsFloats();
            FloatVector bias = SPREAD.add({k * k}).selectFrom(wv, wu).reinterpretAsFloats();
            @else
            FloatVector w{r}_{s} = FloatVector.broadcast(SPECIES, w[wp + {r * k + s}]); @where !each && k == 3
            FloatVector bias = FloatVector.broadcast(SPECIES, w[wp + {k * k}]); @where !each
            @end
            @if pair
            int from = xAt + plane * xPlane;
            int to = yAt + plane * yPlane;
            @else
            for (int strip = 0; strip < columns.length; strip++) {
            IntVector m{v} = IntVector.fromArray(INTS, masks, (strip * {loads} + {v}) * LANES);
            int from = xAt + plane * xPlane + columns[strip] * {stride};
            int to = yAt + plane * yPlane + columns[strip];
            @if each
            int wp = wAt + phases[strip];
            FloatVector w{r}_{s} = FloatVector.fromArray(SPECIES, w, wp + {r * k + s} * EACH_STEP); @where k == 3
            FloatVector bias = FloatVector.fromArray(SPECIES, w, wp + {k * k} * EACH_STEP);
            @end
            @end
            FloatVector a{i} = bias;
      """;

  /** A 3x3 kernel at stride 1: rows above the first output, then an output for each. */
  private static final String STRIDE_1_OF_3 =
      """
            int o = lead - 2;
            int i = 0;
            for (; o < 0 && i < rows; i++, o++) {
              @row
              @next
            }
            for (; i < rows; i++, o++) {
              @row
              @store a0, o
              @next
            }
      """;

  private static final String ROW_OF_3 =
      """
      int at0 = from + i * xRow;
      IntVector v0 = FloatVector.fromArray(SPECIES, x, at0).reinterpretAsInts(); @where pair
      IntVector u0 = FloatVector.fromArray(SPECIES, x, at0 + xPair).reinterpretAsInts(); @where pair
      @for s
      FloatVector x0_{s} = i{s}.selectFrom(v0, u0).and(m{s}).reinterpretAsFloats(); @where pair
      FloatVector x0_{s} = FloatVector.fromArray(SPECIES, x, at0 + {s} * xTap).reinterpretAsInts().and(m{s}).reinterpretAsFloats(); @where !pair
      a{2 - r} = x0_{s}.fma(w{r}_{s}, a{2 - r});
      @end
      """;

  /** A larger kernel at stride 1: two rows at a time, the second of which may be missing. */
  private static final String STRIDE_1 =
      """
            int o = lead - {k - 1};
            int i = 0;
            for (; i < rows; i += 2, o += 2) {
              int at0 = from + i * xRow;
              int present1 = i + 1 < rows ? -1 : 0;
              int at1 = at0 + (xRow & present1);
              @for s
              FloatVector x0_{s} = FloatVector.fromArray(SPECIES, x, at0 + {s} * xTap).reinterpretAsInts().and(m{s}).reinterpretAsFloats();
              FloatVector x1_{s} = FloatVector.fromArray(SPECIES, x, at1 + {s} * xTap).reinterpretAsInts().and(m{s}.and(present1)).reinterpretAsFloats();
              @for r
              FloatVector w{r}_{s} = FloatVector.broadcast(SPECIES, w[wp + {r * k + s}]); @where !each
              FloatVector w{r}_{s} = FloatVector.fromArray(SPECIES, w, wp + {r * k + s} * EACH_STEP); @where each
              a{k - 1 - r} = x0_{s}.fma(w{r}_{s}, a{k - 1 - r});
              a{k - r} = x1_{s}.fma(w{r}_{s}, a{k - r});
              @end
              @end
              if (o >= 0) {
                @store a0, o
              }
              if (o + 1 >= 0 && o + 1 < outputRows) {
                @store a1, (o + 1)
              }
              @next
              @next
            }
      """;

  /**
   * A row at a time, of a kernel that two make too large: 5,344 bytecodes of 7x7 with weights of
   * each lane, which the client compiler compiles without a profile and refuses with one, so that
   * C2 is never asked.
   */
  private static final String STRIDE_1_BY_ROW =
      """
            int o = lead - {k - 1};
            for (int i = 0; i < rows; i++, o++) {
              int at0 = from + i * xRow;
              @for s
              FloatVector x0_{s} = FloatVector.fromArray(SPECIES, x, at0 + {s} * xTap).reinterpretAsInts().and(m{s}).reinterpretAsFloats();
              @for r
              FloatVector w{r}_{s} = FloatVector.fromArray(SPECIES, w, wp + {r * k + s} * EACH_STEP);
              a{k - 1 - r} = x0_{s}.fma(w{r}_{s}, a{k - 1 - r});
              @end
              @end
              if (o >= 0) {
                @store a0, o
              }
              @next
            }
      """;

  /** Stride 2: an odd and an even row of the kernel, which completes an output row. */
  private static final String STRIDE_2 =
      """
            int o = (lead + 1) / 2 - {sums - 1};
            @if k == 7
            for (int i = lead % 2 - 1; i < rows; i += 2, o++) {
              int present0 = i < 0 ? 0 : -1;
              int present1 = i < rows - 1 ? -1 : 0;
              int at0 = from + (i & present0) * xRow;
              int at1 = at0 + (xRow & present0 & present1);
              @odd .and(present0)
              @even at1, .and(present1)
            }
            @else
            int i = 0;
            if (lead % 2 == 0) {
              @even from
              i = 1;
              o++;
            }
            for (; i < rows; i += 2, o++) {
              int at0 = from + i * xRow;
              int present1 = i < rows - 1 ? -1 : 0;
              int at1 = at0 + (xRow & present1);
              @odd
              @even at1, .and(present1)
            }
            @end
      """;

  private static final String ODD_ROW =
      """
      @vectors 0, at0, $1
      @for s
      @tap 0, $1
      @for r
      FloatVector w{r}_{s} = FloatVector.broadcast(SPECIES, w[wp + {r * k + s}]); @where k >= 5 && r % 2 == 1
      a{sums - 2 - r / 2} = x0_{s}.fma(w{r}_{s}, a{sums - 2 - r / 2}); @where r % 2 == 1
      @end
      @end
      """;

  private static final String EVEN_ROW =
      """
      @vectors 1, $1, $2
      @for s
      @tap 1, $2
      @for r
      FloatVector w{r}_{s} = FloatVector.broadcast(SPECIES, w[wp + {r * k + s}]); @where k >= 5 && r % 2 == 0
      a{sums - 1 - r / 2} = x1_{s}.fma(w{r}_{s}, a{sums - 1 - r / 2}); @where r % 2 == 0
      @end
      @end
      if (o >= 0) {
        @store a0, o
      }
      @next
      """;

  /** What a row of the image is loaded into at stride 2. */
  private static final String VECTORS =
      """
      @if pair
      IntVector v$1 = FloatVector.fromArray(SPECIES, x, $2).reinterpretAsInts();
      IntVector u$1 = FloatVector.fromArray(SPECIES, x, $2 + xPair).reinterpretAsInts();
      @else
      IntVector v$1 = FloatVector.fromArray(SPECIES, x, $2).reinterpretAsInts().and(m0$3);
      IntVector u$1 = FloatVector.fromArray(SPECIES, x, $2 + LANES).reinterpretAsInts().and(m1$3);
      IntVector t$1 = FloatVector.broadcast(SPECIES, x[$2 + 2 * LANES]).reinterpretAsInts().and(m2$3); @where k == 3
      IntVector t$1 = FloatVector.fromArray(SPECIES, x, $2 + LANES + {k - 2}).reinterpretAsInts().and(m2$3); @where k >= 5
      IntVector e$1 = EVEN.selectFrom(v$1, u$1);
      IntVector o$1 = ODD.selectFrom(v$1, u$1);
      @end
      """;

  /** What kernel column s sees of them. */
  private static final String TAP =
      """
      @if pair
      FloatVector x$1_{s} = i{s}.selectFrom(v$1, u$1).and(m{s}$2).reinterpretAsFloats();
      @else
      FloatVector x$1_{s} = e$1.reinterpretAsFloats(); @where s == 0
      FloatVector x$1_{s} = o$1.reinterpretAsFloats(); @where s == 1
      FloatVector x$1_{s} = NEXT{k}_{s}.selectFrom(e$1, t$1).reinterpretAsFloats(); @where s >= 2 && s % 2 == 0
      FloatVector x$1_{s} = NEXT{k}_{s}.selectFrom(o$1, t$1).reinterpretAsFloats(); @where s >= 2 && s % 2 == 1
      @end
      """;

  private static final String STORE =
      """
      FloatVector v = $1;
      @limit v
      v.intoArray(y, to + $2 * yRow);
      @if pair
      IntVector vi = v.reinterpretAsInts();
      UPPER.selectFrom(vi, vi).reinterpretAsFloats().intoArray(y, to + yPair + $2 * yRow);
      @end
      """;

  /** Sums move on by a row. */
  private static final String NEXT =
      """
      a{i} = a{i + 1}; @where i < sums - 1
      a{sums - 1} = bias;
      """;

  /** Outputs that see no row below the last. */
  private static final String END =
      """
            for (; o < outputRows; o++) {
              if (o >= 0) {
                @store a0, o
              }
              @next
            }
            @if !pair
            }
            @end
          }
        }
      """;

  private DepthwisePixelKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(
        Template.of(HEADER).operands(OPERANDS).index("n", 3).index("d", 2).index("s", 7).expand());
    out.append(Template.of(EACH).operands(EACH_OPERANDS).index("n", 3).expand());
    out.append(Template.of(PAIRS).operands(PAIR_OPERANDS).index("d", 2).expand());
    for (int k : SIZES) {
      for (int stride = 1; stride <= 2; stride++) {
        out.append(kernel("run", k, stride));
      }
      out.append(kernel("runEach", k, 1));
    }
    out.append(kernel("runPairs", 3, 1));
    out.append(kernel("runPairs", 3, 2));
    Template.write(
        root,
        "dev.convector.internal.depthwise",
        "DepthwisePixelKernels",
        out.append("}\n").toString());
  }

  private static String kernel(String kind, int k, int stride) {
    boolean pair = kind.equals("runPairs");
    boolean each = kind.equals("runEach");
    boolean byRow = k == 3 || each && k == 7;
    String text = START + (stride == 2 ? STRIDE_2 : stride1(k, byRow)) + END;
    text = Template.splice(text, "row", ROW_OF_3);
    text = Template.splice(text, "odd", ODD_ROW);
    text = Template.splice(text, "even", EVEN_ROW);
    text = Template.splice(text, "vectors", VECTORS);
    text = Template.splice(text, "tap", TAP);
    text = Template.splice(text, "store", STORE);
    text = Template.splice(text, "next", NEXT);
    // Output rows whose sums are under way.
    int sums = stride == 2 ? (k + 1) / 2 : byRow ? k : k + 1;
    int loads = stride == 2 ? 3 : k;
    return Template.of(text)
        .operands(pair ? PAIR_OPERANDS : each ? EACH_OPERANDS : OPERANDS)
        .set("kind", kind)
        .set("pair", pair)
        .set("each", each)
        .set("k", k)
        .set("stride", stride)
        .set("sums", sums)
        .set("loads", loads)
        .index("i", sums)
        .index("r", k)
        .index("s", k)
        .index("v", loads)
        .expand();
  }

  private static String stride1(int k, boolean byRow) {
    return k == 3 ? STRIDE_1_OF_3 : byRow ? STRIDE_1_BY_ROW : STRIDE_1;
  }
}
