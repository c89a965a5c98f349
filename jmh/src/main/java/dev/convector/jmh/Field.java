package dev.convector.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Who takes part.
 *
 * @param libraries all that were asked for
 * @param layouts of input and output; a variant's first part
 * @param algorithms of Convector, forced ones among them; its variants' second part
 */
record Field(List<Library> libraries, Set<String> layouts, Set<String> algorithms) {
  static final String ALL = "ALL";

  List<String> contenders(Layer layer) {
    return contenders(library -> library.variants(layer));
  }

  List<String> contenders(GemmSize size) {
    return contenders(library -> library.variants(size));
  }

  /**
   * Splits contenders into those that may share a JVM: all of them on one thread. On several, each
   * native library is alone, since idle workers that spin (ONNX Runtime's do) rob whoever comes
   * next.
   */
  List<String> groups(List<String> contenders, int threads) {
    if (threads == 1) {
      return List.of(String.join(",", contenders));
    }
    Set<String> natives =
        libraries.stream().filter(Library::isNative).map(Library::name).collect(Collectors.toSet());
    List<String> groups = new ArrayList<>();
    List<String> names = new ArrayList<>(List.of("java"));
    names.addAll(natives.stream().sorted().toList());
    for (String name : names) {
      String group =
          contenders.stream()
              .filter(c -> (natives.contains(libraryOf(c)) ? libraryOf(c) : "java").equals(name))
              .collect(Collectors.joining(","));
      if (!group.isEmpty()) {
        groups.add(group);
      }
    }
    return groups;
  }

  private List<String> contenders(Function<Library, List<String>> variants) {
    List<String> names = new ArrayList<>();
    for (Library library : libraries) {
      for (String variant : variants.apply(library)) {
        if (takesPart(variant.split("/"))) {
          names.add(library.name() + "/" + variant);
        }
      }
    }
    return names;
  }

  private boolean takesPart(String[] parts) {
    boolean layout = !Set.of("NHWC", "NCHW").contains(parts[0]) || layouts.contains(parts[0]);
    boolean algorithm =
        parts.length < 2 || algorithms.contains(ALL) || algorithms.contains(parts[1]);
    return layout && algorithm;
  }

  private static String libraryOf(String contender) {
    return contender.substring(0, contender.indexOf('/'));
  }
}
