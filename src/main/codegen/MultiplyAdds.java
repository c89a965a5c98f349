import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes each {@code x.fma(y, sum)} of a kernel's text as a choice between the fused operation and
 * a multiplication with an addition, for processors without the former: there Java's own {@code
 * fma} computes exactly, thousands of times slower. C2 folds the choice away, since {@code
 * MultiplyAdd.FUSED} is a constant. A method in its place, as {@code MultiplyAdd.fma} for small
 * loops, is no longer inlined in large kernels, which then allocate every vector.
 */
final class MultiplyAdds {
  private static final Pattern CALL = Pattern.compile("(\\w+)\\.fma\\(");
  private static final Pattern PACKAGE = Pattern.compile("package [\\w.]+;\n");
  private static final String FUSED = "dev.convector.internal.simd.MultiplyAdd.FUSED";

  private MultiplyAdds() {}

  /** The text of a class, with a choice at each call. */
  static String choose(String text) {
    String chosen = replace(text, "(FUSED ? %s : %s)");
    return chosen.equals(text)
        ? text
        : PACKAGE.matcher(chosen).replaceFirst("$0\nimport static " + FUSED + ";\n");
  }

  /** Fills the format with each call as it stands and as separate operations throughout. */
  private static String replace(String text, String format) {
    StringBuilder out = new StringBuilder();
    Matcher call = CALL.matcher(text);
    int done = 0;
    while (call.find(done)) {
      int comma = end(text, call.end(), ',');
      int close = end(text, comma + 1, ')');
      String fused = text.substring(call.start(), close + 1);
      String y = replace(text.substring(call.end(), comma), "%2$s");
      String sum = replace(text.substring(comma + 1, close).strip(), "%2$s");
      String separate = "%s.mul(%s).add(%s)".formatted(call.group(1), y, sum);
      out.append(text, done, call.start()).append(format.formatted(fused, separate));
      done = close + 1;
    }
    return out.append(text, done, text.length()).toString();
  }

  /** Where the argument that begins at {@code from} ends with this character. */
  private static int end(String text, int from, char last) {
    int depth = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (depth == 0 && c == last) {
        return i;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    throw new IllegalArgumentException("no " + last + " behind " + text.substring(from));
  }
}
