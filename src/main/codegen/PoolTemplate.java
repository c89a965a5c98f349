import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Templates of pooling kernels, of which there is one text for maxima and for sums.
 *
 * <h2>How maxima are taken</h2>
 *
 * By a comparison and a blend, which leave out NaN, while the elements are added up beside: {@code
 * FloatVector.max} orders -0 and +0 and keeps NaN, in six instructions. A method returns true if
 * its sum is NaN, as it is when an element was (or infinities of both signs were among them), and
 * its caller then computes the same outputs element by element. So NaN costs time where there is
 * one, and an addition where there is none.
 *
 * <h2>How sums are taken</h2>
 *
 * Each in the order that is written there, whatever the vector's width and wherever the output lies
 * in a vector: last vectors overlap their neighbours and repeat the same sums. Only whole planes,
 * whose elements lie in the lanes, are added up in an order that depends on the width.
 *
 * <h2>How sums are divided</h2>
 *
 * {@code @divide s} makes the nearest float of {@code s / divisors} without a division, which takes
 * as long as eight additions: {@code q = s * (1 / divisors)}, and what that leaves is divided and
 * added in the same way (Markstein, Computation of elementary functions on the IBM RISC System/6000
 * processor, 1990; for quotients that aren't subnormal). What isn't finite stays as it is. Without
 * fused multiply-adds what is left can't be had, and there is a division.
 */
final class PoolTemplate {
  private static final Pattern FOLD = Pattern.compile("@fold (\\S+) (\\S+) (.*)");
  private static final Pattern JOIN = Pattern.compile("@join (\\S+) (\\S+)");
  private static final String DIVIDE =
      """
      if (FUSED) {
        FloatVector q$1 = $1.mul(reciprocals);
        IntVector e$1 = q$1.fma(negatives, $1).reinterpretAsInts();
        IntVector finite$1 = q$1.reinterpretAsInts().and(Integer.MAX_VALUE).sub(INFINITY);
        finite$1 = finite$1.lanewise(VectorOperators.ASHR, 31);
        $1 = reciprocals.fma(e$1.and(finite$1).reinterpretAsFloats(), q$1);
      } else {
        $1 = $1.div(negatives).neg();
      }
      """;

  private static final String HEAD =
      """
      package dev.convector.internal.pool;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;
      import jdk.incubator.vector.VectorOperators;

      /** Generated, see Pool{kind}Kernels in the codegen folder. */
      final class {name} {
        private static final int INFINITY = Float.floatToIntBits(Float.POSITIVE_INFINITY);

        private {name}() {}

      """;

  private PoolTemplate() {}

  /** A text in which {@code @fold a f e} takes e into a, and {@code @join a b} b into a. */
  static Template of(String text, boolean max) {
    String fold =
        max
            ? "{ FloatVector e = $3; $2 = $2.add(e); $1 = $1.blend(e, $1.lt(e)); }"
            : "$1 = $1.add($3);";
    String join = max ? "$1 = $1.blend($2, $1.lt($2));" : "$1 = $1.add($2);";
    Matcher folds = FOLD.matcher(Template.splice(text, "divide", max ? "" : DIVIDE));
    return Template.of(JOIN.matcher(folds.replaceAll(fold)).replaceAll(join))
        .set("max", max)
        .set(
            "start",
            max
                ? "FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY)"
                : "FloatVector.zero(SPECIES)")
        .set("V", 4)
        .index("v", 4)
        .index("w", 3);
  }

  /** Writes a class of so many methods. */
  static void write(String root, String name, String methods) throws IOException {
    String kind = name.replaceAll("Max|Sum|Kernels", "");
    String head = Template.of(HEAD).set("name", name).set("kind", kind).expand();
    Template.write(root, "dev.convector.internal.pool", name, head + methods + "}\n");
  }
}
