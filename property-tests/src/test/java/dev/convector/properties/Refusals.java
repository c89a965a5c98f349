package dev.convector.properties;

/** What every refusal of a wrong argument must be. */
final class Refusals {
  private Refusals() {}

  /** One expected word means a null argument, several an illegal one. */
  static void require(Runnable action, String what, Object of, String... expected) {
    Class<?> kind =
        expected.length == 1 ? NullPointerException.class : IllegalArgumentException.class;
    try {
      action.run();
    } catch (IllegalArgumentException | NullPointerException refused) {
      String message = String.valueOf(refused.getMessage());
      if (refused.getClass() != kind) {
        throw new AssertionError(
            what + " gives " + refused + ", not a " + kind + ": " + of, refused);
      }
      for (String word : expected) {
        if (!message.contains(word)) {
          throw new AssertionError(
              what + ": '" + message + "' doesn't say '" + word + "': " + of, refused);
        }
      }
      return;
    } catch (RuntimeException | Error other) {
      throw new AssertionError(what + " gives " + other + ": " + of, other);
    }
    throw new AssertionError(what + " is accepted: " + of);
  }

  static void requireUntouched(float[] before, float[] after, String what, Object of) {
    for (int i = 0; before != null && i < after.length; i++) {
      if (Float.floatToRawIntBits(before[i]) != Float.floatToRawIntBits(after[i])) {
        throw new AssertionError(what + " wrote to element " + i + ": " + of);
      }
    }
  }
}
