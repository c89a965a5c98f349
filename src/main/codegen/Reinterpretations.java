import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes each {@code x.reinterpretAsInts()} and {@code x.reinterpretAsFloats()} of a kernel's text
 * as {@code x.reinterpretShape}, which comes to the same instruction by two methods less.
 *
 * <p>C2 adds up how often each method that it inlines was deoptimized since the JVM began, each
 * time that it inlines it. Behind 201 it no longer trusts profiles and keeps calls that are never
 * made, and boxes of vectors for them. {@code asVectorRaw} and {@code withLanes}, which all these
 * calls share and {@code reinterpretShape} avoids, reach four and more in a JVM that has run much
 * else, and the larger kernels reinterpret up to 70 vectors (docs/decisions.md).
 */
final class Reinterpretations {
  private static final Pattern CALL = Pattern.compile("\\s*\\.reinterpretAs(Ints|Floats)\\(\\)");
  private static final String SIMD = "dev.convector.internal.simd.Simd.";

  private Reinterpretations() {}

  static String direct(String text) {
    StringBuilder out = new StringBuilder(text);
    Matcher call = CALL.matcher(out);
    int done = 0;
    while (call.find(done)) {
      boolean ints = call.group(1).equals("Ints");
      int start = start(out, call.start());
      String of = out.substring(start, call.start());
      String direct =
          "((jdk.incubator.vector.%s) %s.reinterpretShape(%s%s, 0))"
              .formatted(ints ? "IntVector" : "FloatVector", of, SIMD, ints ? "INTS" : "SPECIES");
      out.replace(start, call.end(), direct);
      done = start + direct.length();
    }
    return out.toString();
  }

  /** Where the names and calls begin that end before {@code end}. */
  private static int start(CharSequence text, int end) {
    int depth = 0;
    for (int i = end - 1; ; i--) {
      char c = text.charAt(i);
      depth += c == ')' ? 1 : c == '(' ? -1 : 0;
      boolean inside = depth > 0 || c == '(' && depth == 0;
      if (!inside && !Character.isJavaIdentifierPart(c) && c != '.' && !continues(text, i)) {
        return i + 1;
      }
    }
  }

  /** Whether it is a space of a call that goes on in a line of its own. */
  private static boolean continues(CharSequence text, int at) {
    int next = at;
    while (Character.isWhitespace(text.charAt(next))) {
      next++;
    }
    return next > at && text.charAt(next) == '.';
  }
}
