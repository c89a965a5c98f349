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
 *   <li>{@code {e}} is the value of an expression of variables and integers with {@code + - * /}
 *       and parentheses: <code>a[{2 * v + 1}]</code>. Braces with anything else are Java's own.
 *   <li>A line with the name of an index inside braces is repeated for each of its values; with
 *       several, for all combinations, the index declared last running fastest.
 *   <li>{@code @for i} to {@code @end} repeats the lines between.
 *   <li>{@code @if flag}, {@code @if !flag}, {@code @else}, {@code @end} choose lines.
 *   <li>{@code @clamp c{i}_{v}} is the end of a kernel: each bound of the call {@code p} apart, so
 *       that ReLU pays for one. Comparison and blend: max and min must also order -0 and +0 and
 *       cost three times that.
 * </ul>
 */
final class Template {
  private static final Pattern BRACES = Pattern.compile("\\{([\\w +*/()-]+)\\}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

  private static final String CLAMP =
      """
      if (p.lowClamped) {
        FloatVector lows = FloatVector.broadcast(SPECIES, p.low);
        SUM = SUM.blend(lows, SUM.lt(lows));
      }
      if (p.highClamped) {
        FloatVector highs = FloatVector.broadcast(SPECIES, p.high);
        SUM = SUM.blend(highs, highs.lt(SUM));
      }
      """;

  private final List<String> lines = new ArrayList<>();
  private final Map<String, Object> values = new HashMap<>();
  private final Map<String, Integer> indexes = new LinkedHashMap<>();

  private Template(String text) {
    for (String line : text.lines().toList()) {
      String trimmed = line.strip();
      if (trimmed.startsWith("@clamp ")) {
        String indent = line.substring(0, line.indexOf('@'));
        String clamp = CLAMP.replace("SUM", trimmed.substring("@clamp ".length()));
        clamp.lines().forEach(l -> lines.add(indent + l));
      } else {
        lines.add(line);
      }
    }
  }

  static Template of(String text) {
    return new Template(text);
  }

  /** Names a value: an integer, a string, or a boolean for {@code @if}. */
  Template set(String name, Object value) {
    values.put(name, value);
    return this;
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
        String flag = line.substring("@if ".length()).strip();
        boolean holds = flag.startsWith("!") ? !flag(flag.substring(1)) : flag(flag);
        expand(holds ? i + 1 : middle + 1, holds ? middle : end, out);
        i = end;
      } else {
        String text = lines.get(i);
        each(freeIndexes(text), 0, () -> out.append(fill(text)).append('\n'));
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

  /** Writes a generated class. */
  static void write(String root, String packageName, String className, String body)
      throws IOException {
    Path folder = Path.of(root, packageName.split("\\."));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(className + ".java"), body);
  }

  /** Integers with the four operations. */
  private static final class Expression {
    private final List<String> tokens;
    private final Map<String, Object> values;
    private int at;

    Expression(String text, Map<String, Object> values) {
      this.tokens =
          Pattern.compile("\\w+|[+*/()-]").matcher(text).results().map(r -> r.group()).toList();
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
      while (at < tokens.size() && "*/".contains(tokens.get(at))) {
        value = tokens.get(at++).equals("*") ? value * factor() : value / factor();
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
