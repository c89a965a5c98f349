package dev.convector.jmh.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Every library that this build can race. */
public final class Libraries {
  private Libraries() {}

  public static List<Library> all() {
    List<Library> all = new ArrayList<>();
    all.add(new ConvectorLibrary());
    ServiceLoader.load(Library.class).forEach(all::add);
    return all;
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
