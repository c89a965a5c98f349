package dev.convector.internal.simd;

/** A system property that is a number, for the few classes that read one. */
public final class Setting {
  private Setting() {}

  /**
   * The property's value, or {@code normal} where it isn't set. What is no whole number is refused
   * and not ignored: a test that meant to set it would else test what it always does.
   */
  public static int of(String name, int normal) {
    String value = System.getProperty(name);
    if (value == null) {
      return normal;
    }
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException notOne) {
      throw new IllegalArgumentException(name + ": " + value + "; must be a whole number", notOne);
    }
  }

  /** The same, refusing what is less than {@code least}. */
  public static int of(String name, int normal, int least) {
    int value = of(name, normal);
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + "; must be at least " + least);
    }
    return value;
  }
}
