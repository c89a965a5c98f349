package dev.convector.properties;

import dev.convector.Plan;
import dev.convector.Pool2d;
import dev.convector.Unfold;
import dev.convector.Upsample2d;
import dev.convector.reference.ReferencePool2d;
import dev.convector.reference.ReferenceUnfold;
import dev.convector.reference.ReferenceUpsample2d;
import java.util.Random;

/** Random descriptions of pools, resizing and windows; refused ones throw. */
final class FuzzWindows extends FuzzNumbers {
  FuzzWindows(Random random) {
    super(random);
  }

  FuzzCase any() {
    return switch (random.nextInt(3)) {
      case 0 -> pool();
      case 1 -> upsample();
      default -> unfold();
    };
  }

  private FuzzCase pool() {
    Pool2d.Builder builder = Pool2d.builder();
    builder = random.nextBoolean() ? builder.max() : builder.average(random.nextBoolean());
    Pool2d pool =
        builder
            .input(number(1, 3), number(1, 20), number(1, 9), number(1, 20))
            .kernel(number(1, 4), number(1, 4))
            .stride(number(1, 3), number(1, 3))
            .padding(number(0, 2))
            .layout(layout())
            .build();
    Plan plan = pool.plan();
    return FuzzCase.of(
        pool,
        plan,
        src -> {
          float[] dst = new float[plan.outputSize()];
          ReferencePool2d.run(pool, src, 0, dst, 0, null);
          return dst;
        });
  }

  private FuzzCase upsample() {
    Upsample2d upsample =
        Upsample2d.builder()
            .input(number(1, 3), number(1, 20), number(1, 9), number(1, 20))
            .output(number(1, 20), number(1, 20))
            .bilinear()
            .layout(layout())
            .build();
    Plan plan = upsample.plan();
    return FuzzCase.of(
        upsample,
        plan,
        src -> {
          float[] dst = new float[plan.outputSize()];
          ReferenceUpsample2d.run(upsample, src, 0, dst, 0);
          return dst;
        });
  }

  private FuzzCase unfold() {
    int batch = number(1, 3);
    int channels = number(1, 9);
    Unfold unfold =
        Unfold.builder()
            .input(batch, channels, number(1, 9), number(1, 12))
            .kernel(number(1, 3), number(1, 3))
            .padding(number(0, 2))
            .layout(layout())
            .build();
    return FuzzCase.of(
        unfold, unfold.plan(), src -> ReferenceUnfold.unfold(unfold, batch, channels, src));
  }
}
