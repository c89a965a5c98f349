import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.winograd.WinogradKernels}: the one-dimensional transforms of
 * Winograd's F(m x m, r x r).
 *
 * <p>Its output is never committed. This file is the documentation of the kernels; where the
 * numbers come from is in {@code CookToom}.
 *
 * <h2>The contract of a pass</h2>
 *
 * With the operands of a {@code TransformCall p}, for each of its runs {@code r} and each of the
 * {@code count} neighbouring floats {@code j} of a run (whole vectors of them),
 *
 * <pre>
 *   d_i = a[from + r * aRun + i * aStep + j]        i in [0, n)
 *   b[to + r * bRun + i * bStep + j] = y_i          i in [0, n) of input, [0, m) of output and store
 * </pre>
 *
 * <ul>
 *   <li>{@code input}: y is B^T d.
 *   <li>{@code output}: y is A^T d.
 *   <li>{@code store}: y is {@code min(high, max(low, A^T d + bias[biasOffset + j]))}.
 *   <li>{@code storeSum}: with the residual added before the clamp, which lies as the results do,
 *       {@code residualShift} further on in its array.
 * </ul>
 *
 * <h2>One dimension at a time</h2>
 *
 * A two-dimensional transform is the one-dimensional one applied to the columns and then to the
 * rows, through scratch in the first-level cache. So one kernel does both. All 36 or 64 values of a
 * tile at once would not fit the registers; 8 inputs, 8 outputs and the constants do.
 *
 * <p>The runs are one loop, not two nested ones: with 2 to 8 vectors a run, what C2 puts before an
 * inner loop (its range checks, a peeled iteration) took as long as the loop. In one loop the
 * checks stay in the body, where they cost little beside the stores.
 *
 * <h2>Pairs of points</h2>
 *
 * The points are 0, some pairs +p, -p, and infinity, in this order. With {@code P(y) = product of
 * (y - p^2)} over all pairs and {@code Q_j} the same without pair j, both polynomials in {@code y =
 * x^2}:
 *
 * <pre>
 *   input    row 0          sum of P_i  d_2i
 *            rows of p_j    E +- p_j O  with  E = sum of Q_ji d_(2i+2),  O = sum of Q_ji d_(2i+1)
 *            last row       sum of P_i  d_(2i+1)
 *   output   row i, even    sum of p_j^i (m_p + m_-p),  and m_0 where i = 0
 *            row i, odd     sum of p_j^i (m_p - m_-p),  and m_infinity where i = m - 1
 * </pre>
 *
 * The leading coefficients of P and Q are 1. So F(4, 3) takes 12 multiply-adds in and 4 additions
 * and 9 multiply-adds out, for six values.
 */
final class WinogradKernels {
  /** Inputs n = m + r - 1 along one axis of a tile. */
  private static final int[] INPUTS = {4, 6, 8};

  /** Outputs m and inputs n: of 3x3 kernels, then of 5x5. */
  private static final int[][] TILES = {{2, 4}, {4, 6}, {6, 8}, {2, 6}, {4, 8}};

  private static final String[] OUTPUTS = {"output", "store", "storeSum"};

  private static final String HEADER =
      """
      package dev.convector.internal.winograd;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;

      /** Winograd's transforms; generated, see WinogradKernels in the codegen folder. */
      final class WinogradKernels {
        private WinogradKernels() {}
      """;

  private static final String DISPATCHER_START =
      """

        static void {kind}(TransformCall p, int from, int to) {
          switch ({size}) {
      """;

  private static final String CASE =
      """
            case {size} -> {kernel}(p, from, to);
      """;

  private static final String DISPATCHER_END =
      """
            default -> throw new AssertionError("no transform of " + p.n + " to " + p.m);
          }
        }
      """;

  /** Static final, so constants of the machine code; {@code X} are the powers of the points. */
  private static final String CONSTANTS =
      """

        private static final CookToom N{n} = CookToom.of({n - 2}, 3);
        private static final float N{n}_P{q} = N{n}.allPairs({q});
        private static final float N{n}_Q{q}_{u} = N{n}.otherPairs({q}, {u});
        private static final float N{n}_X{q}_{power + 1} = N{n}.power({q}, {power + 1});
      """;

  /** The sums begin with their last term, whose coefficient is 1, and go down: q and u count so. */
  private static final String INPUT =
      """

        private static void input{n}(TransformCall p, int from, int to) {
          float[] a = p.a;
          int aStep = p.aStep;
          int aGap = p.aRun - p.count;
          float[] b = p.b;
          int bStep = p.bStep;
          int bGap = p.bRun - p.count;
          int count = p.count;
          int x = from;
          int z = to;
          int j = 0;
          for (int left = p.runs * (count / LANES); left > 0; left--) {
            FloatVector d{i} = FloatVector.fromArray(SPECIES, a, x + {i} * aStep);
            FloatVector r0 = d{n - 2};
            FloatVector r{n - 1} = d{n - 1};
            @for q
            r0 = d{n - 4 - 2 * q}.fma(FloatVector.broadcast(SPECIES, N{n}_P{pairs - 1 - q}), r0);
            r{n - 1} = d{n - 3 - 2 * q}.fma(FloatVector.broadcast(SPECIES, N{n}_P{pairs - 1 - q}), r{n - 1});
            @end
            @for q
            FloatVector e{q} = d{n - 2};
            FloatVector o{q} = d{n - 3};
            @for u
            e{q} = d{n - 4 - 2 * u}.fma(FloatVector.broadcast(SPECIES, N{n}_Q{q}_{pairs - 2 - u}), e{q});
            o{q} = d{n - 5 - 2 * u}.fma(FloatVector.broadcast(SPECIES, N{n}_Q{q}_{pairs - 2 - u}), o{q});
            @end
            FloatVector r{2 * q + 1} = o{q}.fma(FloatVector.broadcast(SPECIES, N{n}_X{q}_1), e{q});
            FloatVector r{2 * q + 2} = o{q}.fma(FloatVector.broadcast(SPECIES, -N{n}_X{q}_1), e{q});
            @end
            r{i}.intoArray(b, z + {i} * bStep);
            x += LANES;
            z += LANES;
            j += LANES;
            if (j == count) {
              j = 0;
              x += aGap;
              z += bGap;
            }
          }
        }
      """;

  /** Of the m sums y0 is even, the last is odd, and h counts the pairs of even and odd between. */
  private static final String OUTPUT =
      """

        private static void {kind}{m}of{n}(TransformCall p, int from, int to) {
          float[] a = p.a;
          int aStep = p.aStep;
          int aGap = p.aRun - p.count;
          float[] b = p.b;
          int bStep = p.bStep;
          int bGap = p.bRun - p.count;
          int count = p.count;
          @if store
          float[] bias = p.bias;
          int biasOffset = p.biasOffset;
          @end
          @if residual
          float[] residual = p.residual;
          int shift = p.residualShift;
          @end
          int x = from;
          int z = to;
          int j = 0;
          for (int left = p.runs * (count / LANES); left > 0; left--) {
            FloatVector d{i} = FloatVector.fromArray(SPECIES, a, x + {i} * aStep);
            FloatVector s{q} = d{2 * q + 1}.add(d{2 * q + 2});
            FloatVector t{q} = d{2 * q + 1}.sub(d{2 * q + 2});
            FloatVector y0 = d0;
            y0 = y0.add(s{q});
            @for h
            FloatVector y{2 * h + 1} = t0.mul(FloatVector.broadcast(SPECIES, N{n}_X0_{2 * h + 1}));
            FloatVector y{2 * h + 2} = s0.mul(FloatVector.broadcast(SPECIES, N{n}_X0_{2 * h + 2}));
            @for u
            y{2 * h + 1} = t{u + 1}.fma(FloatVector.broadcast(SPECIES, N{n}_X{u + 1}_{2 * h + 1}), y{2 * h + 1});
            y{2 * h + 2} = s{u + 1}.fma(FloatVector.broadcast(SPECIES, N{n}_X{u + 1}_{2 * h + 2}), y{2 * h + 2});
            @end
            @end
            FloatVector y{m - 1} = d{n - 1};
            y{m - 1} = t{q}.fma(FloatVector.broadcast(SPECIES, N{n}_X{q}_{m - 1}), y{m - 1});
            @if store
            FloatVector start = FloatVector.fromArray(SPECIES, bias, biasOffset + j);
            y{o} = y{o}.add(start);
            @if residual
            y{o} = y{o}.add(FloatVector.fromArray(SPECIES, residual, z + shift + {o} * bStep));
            @end
            @clamp y{o}
            @end
            y{o}.intoArray(b, z + {o} * bStep);
            x += LANES;
            z += LANES;
            j += LANES;
            if (j == count) {
              j = 0;
              x += aGap;
              z += bGap;
            }
          }
        }
      """;

  private WinogradKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(HEADER);
    out.append(start("input", "p.n"));
    for (int n : INPUTS) {
      out.append(branch("" + n, "input" + n));
    }
    out.append(DISPATCHER_END);
    for (String kind : OUTPUTS) {
      out.append(start(kind, "10 * p.m + p.n"));
      for (int[] tile : TILES) {
        out.append(branch("" + tile[0] + tile[1], kind + tile[0] + "of" + tile[1]));
      }
      out.append(DISPATCHER_END);
    }
    for (int n : INPUTS) {
      out.append(shape(CONSTANTS, n - 2, n).expand());
      out.append(shape(INPUT, n - 2, n).expand());
    }
    for (int[] tile : TILES) {
      for (String kind : OUTPUTS) {
        out.append(
            shape(OUTPUT, tile[0], tile[1])
                .set("kind", kind)
                .set("store", !kind.equals("output"))
                .set("residual", kind.equals("storeSum"))
                .expand());
      }
    }
    Template.write(
        root, "dev.convector.internal.winograd", "WinogradKernels", out.append("}\n").toString());
  }

  private static String start(String kind, String size) {
    return Template.of(DISPATCHER_START).set("kind", kind).set("size", size).expand();
  }

  private static String branch(String size, String kernel) {
    return Template.of(CASE).set("size", size).set("kernel", kernel).expand();
  }

  /** Indexes: i of the inputs, o of the outputs, q of the pairs of points and u of all but one. */
  private static Template shape(String text, int m, int n) {
    int pairs = n / 2 - 1;
    return Template.of(text)
        .set("m", m)
        .set("n", n)
        .set("pairs", pairs)
        .index("i", n)
        .index("q", pairs)
        .index("u", pairs - 1)
        .index("o", m)
        .index("h", m / 2 - 1)
        .index("power", n - 3);
  }
}
