package dev.convector.jmh.race;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.convector.jmh.alone.FirstUse;
import dev.convector.jmh.alone.Planning;
import dev.convector.jmh.alone.Rounding;
import dev.convector.jmh.alone.Scaling;
import dev.convector.jmh.alone.Separable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What is measured of Convector alone, in JVMs without JMH. */
public final class Solo {
  /** What can be asked for. */
  public static final List<String> NAMES =
      List.of(FirstUse.NAME, Rounding.NAME, Planning.NAME, Separable.NAME, Scaling.NAME);

  private final List<String> flags;
  private final List<FirstUse> firstUses = new ArrayList<>();
  private final List<Rounding> roundings = new ArrayList<>();
  private final List<Planning> plannings = new ArrayList<>();
  private final List<Separable> separables = new ArrayList<>();
  private final List<Scaling> scalings = new ArrayList<>();

  /**
   * @param flags of every JVM
   */
  public Solo(List<String> flags) {
    this.flags = flags;
  }

  /** Measures one of {@link #NAMES}. */
  public void measure(String name) throws IOException {
    switch (name) {
      case FirstUse.NAME -> {
        for (int i = 0; i < FirstUse.STARTS; i++) {
          for (String variant : FirstUse.VARIANTS) {
            firstUses.add(Child.call(flags, new TypeReference<FirstUse>() {}, name, variant));
          }
        }
      }
      case Rounding.NAME ->
          roundings.addAll(Child.call(flags, new TypeReference<List<Rounding>>() {}, name));
      case Planning.NAME -> {
        List<String> more = new ArrayList<>(flags);
        more.addAll(Planning.HEAP);
        plannings.addAll(Child.call(more, new TypeReference<List<Planning>>() {}, name));
      }
      case Separable.NAME ->
          separables.addAll(Child.call(flags, new TypeReference<List<Separable>>() {}, name));
      case Scaling.NAME ->
          scalings.addAll(Child.call(flags, new TypeReference<List<Scaling>>() {}, name));
      default -> throw new IllegalArgumentException("no such measurement: " + name);
    }
  }

  public List<FirstUse> firstUses() {
    return firstUses;
  }

  public List<Rounding> roundings() {
    return roundings;
  }

  public List<Planning> plannings() {
    return plannings;
  }

  public List<Separable> separables() {
    return separables;
  }

  public List<Scaling> scalings() {
    return scalings;
  }
}
