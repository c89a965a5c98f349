import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Expands kernels' templates: Java text in which a line stands for as many as its indexes have
 * values, in the spirit of XNNPACK's {@code .in} files.
 *
 * <ul>
 *   <li>{@code {e}} is the value of an expression of variables and integers with {@code + - * / %}
 *       and parentheses: <code>a[{2 * v + 1}]</code>. Braces with anything else are Java's own.
 *   <li>A line with the name of an index inside braces is repeated for each of its values; with
 *       several, for all combinations, the index declared last running fastest.
 *   <li>{@code @for i} to {@code @end} repeats the lines between.
 *   <li>{@code @if flag}, {@code @if !flag}, {@code @else}, {@code @end} choose lines. So does
 *       {@code @where} at the end of a single one, for each combination of its indexes. Conditions
 *       are flags or comparisons by {@code == < >=}, several joined by {@code &&}.
 *   <li>{@code @clamp c{i}_{v}} is the end of a kernel: each bound of the call {@code p} apart, so
 *       that ReLU pays for one. Comparison and blend: max and min must also order -0 and +0 and
 *       cost three times that.
 *   <li>{@code @limit f{t}} is the same inside a loop, of locals {@code clamped}, {@code lows} and
 *       {@code highs}: one branch for both.
 *   <li>{@code @fence} keeps C2 from moving loads across it, where the class' {@code FENCED} says
 *       so. Not a method: in so large a caller C2 stops inlining even the smallest.
 * </ul>
 */
final class Template {
  private static final Pattern BRACES = Pattern.compile("\\{([\\w +*/%()-]+)\\}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

  private static final Pattern COMPARISON = Pattern.compile("(.+?)(==|<|>=)(.+)");

  private static final String CLAMP =
      """
      if (p.lowClamped) {
        FloatVector lows = FloatVector.broadcast(SPECIES, p.low);
        $1 = $1.blend(lows, $1.lt(lows));
      }
      if (p.highClamped) {
        FloatVector highs = FloatVector.broadcast(SPECIES, p.high);
        $1 = $1.blend(highs, highs.lt($1));
      }
      """;

  private static final String LIMIT =
      """
      if (clamped) {
        $1 = $1.blend(lows, $1.lt(lows));
        $1 = $1.blend(highs, highs.lt($1));
      }
      """;

  private static final String FENCE =
      """
      if (FENCED) {
        VarHandle.loadLoadFence();
      }
      """;

  private final List<String> lines;
  private final Map<String, Object> values = new HashMap<>();
  private final Map<String, Integer> indexes = new LinkedHashMap<>();

  private Template(String text) {
    String limited = splice(splice(text, "limit", LIMIT), "clamp", CLAMP);
    lines = splice(limited, "fence", FENCE).lines().toList();
  }

  /**
   * Puts a fragment in the place of each line {@code @name} or {@code @name a, b}, with {@code a}
   * for {@code $1} and {@code b} for {@code $2}; what isn't given is nothing.
   */
  static String splice(String text, String name, String fragment) {
    StringBuilder out = new StringBuilder();
    for (String line : text.lines().toList()) {
      String trimmed = line.strip();
      if (!trimmed.equals("@" + name) && !trimmed.startsWith("@" + name + " ")) {
        out.append(line).append('\n');
        continue;
      }
      String filled = fragment;
      String[] arguments = trimmed.substring(name.length() + 1).strip().split(", *");
      for (int i = 0; i < arguments.length; i++) {
        filled = filled.replace("$" + (i + 1), arguments[i]);
      }
      String indent = line.substring(0, line.indexOf('@'));
      filled
          .replaceAll("\\$\\d", "")
          .lines()
          .forEach(l -> out.append(indent).append(l).append('\n'));
    }
    return out.toString();
  }

  static Template of(String text) {
    return new Template(text);
  }

  /** Names a value: an integer, a string, or a boolean for {@code @if}. */
  Template set(String name, Object value) {
    values.put(name, value);
    return this;
  }

  /**
   * Operands, as parameters are declared: {@code {parameters}} are these, {@code {operands}} the
   * fields of a call {@code p} of the same names.
   */
  Template operands(String parameters) {
    set("parameters", parameters);
    return set("operands", parameters.replaceAll("[\\w\\[\\]]+ (\\w+)", "p.$1"));
  }

  /** Names an index that runs from 0 to {@code count - 1}. */
  Template index(String name, int count) {
    indexes.put(name, count);
    return this;
  }

  String expand() {
    StringBuilder out = new StringBuilder();
    expand(0, lines.size(), out);
    return out.toString();
  }

  private void expand(int from, int to, StringBuilder out) {
    for (int i = from; i < to; i++) {
      String line = lines.get(i).strip();
      if (line.startsWith("@for ")) {
        int end = end(i, "@end");
        String name = line.substring("@for ".length()).strip();
        int first = i + 1;
        each(List.of(name), 0, () -> expand(first, end, out));
        i = end;
      } else if (line.startsWith("@if ")) {
        int end = end(i, "@end");
        int middle = Math.min(end, end(i, "@else"));
        boolean holds = holds(line.substring("@if ".length()));
        expand(holds ? i + 1 : middle + 1, holds ? middle : end, out);
        i = end;
      } else {
        String[] parts = lines.get(i).split(" +@where ");
        String text = parts[0];
        Runnable append = () -> out.append(fill(text)).append('\n');
        each(
            freeIndexes(text),
            0,
            parts.length == 1
                ? append
                : () -> {
                  if (holds(parts[1])) {
                    append.run();
                  }
                });
      }
    }
  }

  /** The line of the same depth that begins with a word; all lines' number if there is none. */
  private int end(int start, String word) {
    int depth = 0;
    for (int i = start + 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (depth == 0 && line.equals(word)) {
        return i;
      }
      depth += line.startsWith("@for ") || line.startsWith("@if ") ? 1 : 0;
      depth -= line.equals("@end") ? 1 : 0;
    }
    return lines.size();
  }

  /** Whether all of a condition's parts hold. */
  private boolean holds(String condition) {
    for (String part : condition.split("&&")) {
      String one = part.strip();
      Matcher comparison = COMPARISON.matcher(one);
      boolean holds =
          comparison.matches()
              ? compare(comparison)
              : one.startsWith("!") ? !flag(one.substring(1)) : flag(one);
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private boolean compare(Matcher comparison) {
    int left = new Expression(comparison.group(1), values).sum();
    int right = new Expression(comparison.group(3), values).sum();
    return switch (comparison.group(2)) {
      case "==" -> left == right;
      case "<" -> left < right;
      default -> left >= right;
    };
  }

  private boolean flag(String name) {
    if (values.get(name) instanceof Boolean flag) {
      return flag;
    }
    throw new IllegalArgumentException("@if " + name + ": no such flag");
  }

  private List<String> freeIndexes(String line) {
    List<String> used = new ArrayList<>();
    for (Matcher braces = BRACES.matcher(line); braces.find(); ) {
      NAME.matcher(braces.group(1)).results().forEach(name -> used.add(name.group()));
    }
    return indexes.keySet().stream()
        .filter(n -> used.contains(n) && !values.containsKey(n))
        .toList();
  }

  private void each(List<String> names, int at, Runnable body) {
    if (at == names.size()) {
      body.run();
      return;
    }
    String name = names.get(at);
    for (int i = 0; i < indexes.get(name); i++) {
      values.put(name, i);
      each(names, at + 1, body);
    }
    values.remove(name);
  }

  private String fill(String line) {
    Matcher braces = BRACES.matcher(line);
    return braces.replaceAll(m -> Matcher.quoteReplacement(value(m.group(1), m.group())));
  }

  /** Braces whose first name isn't known are Java's. */
  private String value(String expression, String braces) {
    Matcher name = NAME.matcher(expression);
    if (name.find() && !values.containsKey(name.group())) {
      return braces;
    }
    Object whole = values.get(expression.strip());
    return whole != null ? whole.toString() : "" + new Expression(expression, values).sum();
  }

  /** Writes a generated class, for processors with and without fused multiply-adds. */
  static void write(String root, String packageName, String className, String body)
      throws IOException {
    Path folder = Path.of(root, packageName.split("\\."));
    Files.createDirectories(folder);
    String direct = Reinterpretations.direct(body);
    Files.writeString(folder.resolve(className + ".java"), MultiplyAdds.choose(direct));
  }

  /** Integers with the four operations and the remainder. */
  private static final class Expression {
    private final List<String> tokens;
    private final Map<String, Object> values;
    private int at;

    Expression(String text, Map<String, Object> values) {
      this.tokens =
          Pattern.compile("\\w+|[+*/%()-]").matcher(text).results().map(r -> r.group()).toList();
      this.values = values;
    }

    int sum() {
      int value = product();
      while (at < tokens.size() && "+-".contains(tokens.get(at))) {
        value = tokens.get(at++).equals("+") ? value + product() : value - product();
      }
      return value;
    }

    private int product() {
      int value = factor();
      while (at < tokens.size() && "*/%".contains(tokens.get(at))) {
        String operator = tokens.get(at++);
        int by = factor();
        value =
            switch (operator) {
              case "*" -> value * by;
              case "/" -> value / by;
              default -> value % by;
            };
      }
      return value;
    }

    private int factor() {
      String token = tokens.get(at++);
      if (token.equals("(")) {
        int value = sum();
        at++;
        return value;
      }
      return Character.isDigit(token.charAt(0))
          ? Integer.parseInt(token)
          : (Integer) values.get(token);
    }
  }
}
