package dev.convector.jmh.race;

import dev.convector.Algorithm;
import dev.convector.jmh.contender.ConvectorLibrary;
import dev.convector.jmh.contender.Library;
import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
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
public record Field(List<Library> libraries, Set<String> layouts, Set<String> algorithms) {
  /** All algorithms but the oracle, whose single run is timed anyway and takes seconds. */
  static final String ALL = "ALL";

  private static final String ORACLE = Algorithm.REFERENCE.name();

  public List<String> contenders(Layer layer, int threads) {
    return contenders(threads, library -> library.variants(layer));
  }

  public List<String> contenders(GemmSize size, int threads) {
    return contenders(threads, library -> library.variants(size));
  }

  /**
   * Splits contenders into those that may share a JVM: all of them on one thread. On several, each
   * native library is alone, since idle workers that spin (ONNX Runtime's do) rob whoever comes
   * next.
   */
  public List<String> groups(List<String> contenders, int threads) {
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

  private List<String> contenders(int threads, Function<Library, List<String>> variants) {
    List<String> names = new ArrayList<>();
    for (Library library : libraries) {
      for (String variant : variants.apply(library)) {
        if (takesPart(library, variant.split("/"), threads)) {
          names.add(library.name() + "/" + variant);
        }
      }
    }
    return names;
  }

  /** Only Convector's variants are algorithms that may be asked for. */
  private boolean takesPart(Library library, String[] parts, int threads) {
    boolean layout = !Set.of("NHWC", "NCHW").contains(parts[0]) || layouts.contains(parts[0]);
    return layout && (library.isNative() || parts.length < 2 || isAsked(parts[1], threads));
  }

  private boolean isAsked(String algorithm, int threads) {
    if (algorithm.equals(ConvectorLibrary.SERIAL) && threads == 1) {
      return false;
    }
    boolean inAll = algorithms.contains(ALL) && !algorithm.equals(ORACLE);
    return inAll || algorithms.contains(algorithm);
  }

  private static String libraryOf(String contender) {
    return contender.substring(0, contender.indexOf('/'));
  }
}
