package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.Layout;
import java.util.Random;

/** Random numbers of descriptions, most of them small; of every third description some hostile. */
class FuzzNumbers {
  private static final int[] HOSTILE = {
    Integer.MIN_VALUE,
    -1,
    0,
    65_535,
    65_536,
    46_341,
    1 << 30,
    Integer.MAX_VALUE - 8,
    Integer.MAX_VALUE
  };

  final Random random;
  private boolean hostile;

  FuzzNumbers(Random random) {
    this.random = random;
    hostile = random.nextInt(3) == 0;
  }

  final void setHostile(boolean some) {
    hostile = some;
  }

  final int number(int least, int most) {
    return hostile && random.nextInt(8) == 0
        ? HOSTILE[random.nextInt(HOSTILE.length)]
        : random.nextInt(least, most + 1);
  }

  final Layout layout() {
    return Layout.values()[random.nextInt(2)];
  }

  final Activation activation() {
    return random.nextBoolean() ? Activation.NONE : Activation.RELU6;
  }
}
