package dev.convector.jmh.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Every library that this build can race. */
public final class Libraries {
  private Libraries() {}

  public static List<Library> all() {
    List<Library> all = new ArrayList<>();
    all.add(new ConvectorLibrary());
    ServiceLoader.load(Library.class).forEach(all::add);
    return all;
  }

  /** Names of those that can't be loaded on this platform, with the reason. Loads the others. */
  public static Map<String, String> absent() {
    Map<String, String> absent = new TreeMap<>();
    for (Library library : all()) {
      try {
        library.version();
      } catch (Exception | LinkageError e) {
        absent.put(library.name(), String.valueOf(e).lines().findFirst().orElse(""));
      }
    }
    return absent;
  }

  public static Library named(String name) {
    return all().stream()
        .filter(library -> library.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "contender: "
                        + name
                        + "; must be one of "
                        + all().stream().map(Library::name).toList()
                        + " (the native ones need the profile race)"));
  }
}
