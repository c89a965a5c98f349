import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.resample.PixelTapKernels}: sums and maxima along rows with
 * neighbouring outputs in the lanes.
 *
 * <p>Its output is never committed. This file is the documentation of the kernels.
 *
 * <h2>The contract</h2>
 *
 * With the tables of a {@code PixelTaps p}, for each vector {@code v} of outputs, each lane and
 * each of {@code rows} rows {@code r}
 *
 * <pre>
 *   y[yAt + r * yStep + p.targets[v] + lane] = sum over the steps k of v of
 *       p.weights[k * LANES + lane] * (the two vectors of x that begin at
 *           at[r] + p.sources[2 * k] and at[r] + p.sources[2 * k + 1])[p.places[k * LANES + lane]]
 * </pre>
 *
 * <p>A maximum is that of the same elements with the weights added, which are zero or minus
 * infinity; NaN among them is lost.
 *
 * <p>{@code narrow}: the second vector is zeros. {@code wide}: what isn't taken is made zero by the
 * bits of {@code p.kept}. {@code full}: each lane takes an element in each step. Four rows at a
 * time share the loads of the tables and the cost of the loop; 1 to 4 steps are written out. All
 * begin with the first step, not with zero: a sum of negative zeros has the same sign however rows
 * are shared. A sum of any number of steps stays in y between them: of a vector that a loop carries
 * C2 kept a box for each row in some JVMs (docs/decisions.md).
 */
final class PixelTapKernels {
  private static final int ROWS = 4;
  private static final int STEPS = 4;

  private static final String HEADER =
      """
      package dev.convector.internal.resample;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;

      /** Generated, see PixelTapKernels in the codegen folder. */
      public final class PixelTapKernels {
        private PixelTapKernels() {}

        public static void run(
            PixelTaps p, int rows, float[] x, int[] at, float[] y, int yAt, int yStep) {
          int kind = (p.max ? 2 : 0) + (p.kept == null ? 0 : 1);
          if (rows < {ROWS}) {
            for (int r = 0; r < rows; r++) {
              int to = yAt + r * yStep;
              switch (kind) {
                case 0 -> narrowSumAnyx1(p, x, at[r], y, to);
                case 1 -> wideSumAnyx1(p, x, at[r], y, to);
                case 2 -> fullMaxAnyx1(p, x, at[r], y, to);
                default -> wideMaxAnyx1(p, x, at[r], y, to);
              }
            }
            return;
          }
          switch (kind) {
            case 0 -> narrowSum(p, x, at, y, yAt, yStep);
            case 1 -> wideSum(p, x, at, y, yAt, yStep);
            case 2 -> fullMax(p, x, at, y, yAt, yStep);
            default -> wideMax(p, x, at, y, yAt, yStep);
          }
        }
      """;

  private static final String SWITCH =
      """

        private static void {kind}(
            PixelTaps p, float[] x, int[] at, float[] y, int yAt, int yStep) {
          switch (p.steps) {
            case {n + 1} -> {kind}{n + 1}x{ROWS}(p, x, at, y, yAt, yStep);
            default -> {kind}Anyx{ROWS}(p, x, at, y, yAt, yStep);
          }
        }
      """;

  /** What the lanes take in a step {@code k}, of each row. */
  private static final String STEP =
      """
      int first$1 = sources[2 * k];
      int second$1 = sources[2 * k + 1]; @where two
      IntVector place$1 = IntVector.fromArray(INTS, places, k * LANES);
      IntVector keep$1 = IntVector.fromArray(INTS, kept, k * LANES); @where wide
      FloatVector w$1 = FloatVector.fromArray(SPECIES, weights, k * LANES); @where !full
      IntVector a$1_{r} = FloatVector.fromArray(SPECIES, x, at{r} + first$1).reinterpretAsInts();
      IntVector b$1_{r} = FloatVector.fromArray(SPECIES, x, at{r} + second$1).reinterpretAsInts(); @where two
      IntVector b$1_{r} = zeros; @where !two
      IntVector i$1_{r} = place$1.selectFrom(a$1_{r}, b$1_{r});
      i$1_{r} = i$1_{r}.and(keep$1); @where wide
      FloatVector t$1_{r} = i$1_{r}.reinterpretAsFloats();
      t$1_{r} = t$1_{r}.add(w$1); @where shifted
      """;

  private static final String KERNEL =
      """

        private static void {kind}{name}x{R}(
      @if single
            PixelTaps p, float[] x, int at0, float[] y, int yAt) {
          int yStep = 0;
      @else
            PixelTaps p, float[] x, int[] at, float[] y, int yAt, int yStep) {
          int at{r} = at[{r}];
      @end
          int y{r} = yAt + {r} * yStep;
          int[] targets = p.targets;
          int[] sources = p.sources;
          int[] places = p.places;
          float[] weights = p.weights; @where !full
          int steps = p.steps;
          int[] kept = p.kept; @where wide
          IntVector zeros = IntVector.zero(INTS); @where !two
          for (int v = 0; v < targets.length; v++) {
            int target = targets[v];
      @if written
      @for k
            int first{k} = sources[2 * ({K} * v + {k})];
            int second{k} = sources[2 * ({K} * v + {k}) + 1]; @where two
            IntVector place{k} = IntVector.fromArray(INTS, places, ({K} * v + {k}) * LANES);
            IntVector kept{k} = IntVector.fromArray(INTS, kept, ({K} * v + {k}) * LANES); @where wide
            FloatVector w{k} = FloatVector.fromArray(SPECIES, weights, ({K} * v + {k}) * LANES); @where !full
            IntVector a{k}_{r} = FloatVector.fromArray(SPECIES, x, at{r} + first{k}).reinterpretAsInts();
            IntVector b{k}_{r} = FloatVector.fromArray(SPECIES, x, at{r} + second{k}).reinterpretAsInts(); @where two
            IntVector b{k}_{r} = zeros; @where !two
            IntVector i{k}_{r} = place{k}.selectFrom(a{k}_{r}, b{k}_{r});
            i{k}_{r} = i{k}_{r}.and(kept{k}); @where wide
            FloatVector t{k}_{r} = i{k}_{r}.reinterpretAsFloats();
      @if max
            FloatVector s{k}_{r} = t{k}_{r};
            s{k}_{r} = s{k}_{r}.add(w{k}); @where wide
            s{k}_{r} = s{k-1}_{r}.blend(s{k}_{r}, s{k-1}_{r}.lt(s{k}_{r})); @where k>=1
      @else
            FloatVector s{k}_{r} = t{k}_{r}.mul(w{k}); @where k==0
            FloatVector s{k}_{r} = t{k}_{r}.fma(w{k}, s{k-1}_{r}); @where k>=1
      @end
      @end
            s{K-1}_{r}.intoArray(y, y{r} + target);
      @else
            int last = (v + 1) * steps;
            int k = v * steps;
            @step 0
            FloatVector s{r} = t0_{r}.mul(w0); @where !max
            FloatVector s{r} = t0_{r}; @where max
            k++;
            s{r}.intoArray(y, y{r} + target);
            for (; k + 1 < last; k++) {
              FloatVector u{r} = FloatVector.fromArray(SPECIES, y, y{r} + target);
              @step 1
              u{r} = t1_{r}.fma(w1, u{r}); @where !max
              u{r} = u{r}.blend(t1_{r}, u{r}.lt(t1_{r})); @where max
              k++;
              @step 2
              u{r} = t2_{r}.fma(w2, u{r}); @where !max
              u{r} = u{r}.blend(t2_{r}, u{r}.lt(t2_{r})); @where max
              u{r}.intoArray(y, y{r} + target);
            }
            if (k < last) {
              FloatVector u{r} = FloatVector.fromArray(SPECIES, y, y{r} + target);
              @step 3
              u{r} = t3_{r}.fma(w3, u{r}); @where !max
              u{r} = u{r}.blend(t3_{r}, u{r}.lt(t3_{r})); @where max
              u{r}.intoArray(y, y{r} + target);
            }
      @end
          }
        }
      """;

  private PixelTapKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(Template.of(HEADER).set("ROWS", ROWS).expand());
    for (boolean wide : new boolean[] {false, true}) {
      for (boolean max : new boolean[] {false, true}) {
        for (int steps = 1; steps <= STEPS; steps++) {
          out.append(kernel(wide, max, ROWS, steps).expand());
        }
        out.append(kernel(wide, max, ROWS, 0).expand());
        out.append(kernel(wide, max, 1, 0).expand());
        out.append(named(SWITCH, wide, max).set("ROWS", ROWS).index("n", STEPS).expand());
      }
    }
    Template.write(
        root, "dev.convector.internal.resample", "PixelTapKernels", out.append("}\n").toString());
  }

  /** Of so many steps; 0 for any number. */
  private static Template kernel(boolean wide, boolean max, int rows, int steps) {
    return named(Template.splice(KERNEL, "step", STEP), wide, max)
        .set("wide", wide)
        .set("two", wide || max)
        .set("full", max && !wide)
        .set("max", max)
        .set("shifted", max && wide)
        .set("name", steps > 0 ? String.valueOf(steps) : "Any")
        .set("written", steps > 0)
        .set("single", rows == 1)
        .set("R", rows)
        .set("K", steps)
        .index("k", steps)
        .index("r", rows);
  }

  private static Template named(String text, boolean wide, boolean max) {
    return Template.of(text)
        .set("kind", (wide ? "wide" : max ? "full" : "narrow") + (max ? "Max" : "Sum"));
  }
}
