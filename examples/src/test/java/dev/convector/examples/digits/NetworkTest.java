package dev.convector.examples.digits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Conv2d;
import dev.convector.Pool2d;
import dev.convector.examples.digits.Training.Epoch;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NetworkTest {
  private static final int BATCH = 2;
  private static final int CLASSES = 4;

  /**
   * Half the step of a difference: small, since the loss has a kink where a maximum changes. With
   * this seed none is so near.
   */
  private static final float STEP = 2e-4f;

  private static final long SEED = 7;

  /** What rounding to float leaves of a difference of losses, over the step. */
  private static final double TOLERANCE = 1.5e-3;

  /** Every kind of layer, on images of 6x6. */
  private static Network tiny() {
    var random = new SplittableRandom(SEED);
    Conv2d conv = Conv2d.builder().input(BATCH, 1, 6, 6).filters(3, 3, 3).padding(1).build();
    Pool2d pool = Pool2d.builder().max().input(BATCH, 3, 6, 6).kernel(2, 2).stride(2).build();
    Conv2d full = Conv2d.builder().input(BATCH, 3, 3, 3).filters(CLASSES, 3, 3).build();
    return new Network(
        BATCH,
        List.of(
            new Convolution(conv, random),
            new Relu(conv.shape().outputSize()),
            new MaxPooling(pool),
            new Convolution(full, random)),
        0);
  }

  @Test
  void gradientsAgreeWithNumericDifferentiation() {
    Network network = tiny();
    var random = new SplittableRandom(SEED + 1);
    float[] images = new float[BATCH * 36];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextDouble();
    }
    int[] labels = {2, 0};
    network.gradients(images, labels);
    List<float[]> gradients = network.parameters().stream().map(p -> p.gradient().clone()).toList();

    for (int p = 0; p < gradients.size(); p++) {
      float[] values = network.parameters().get(p).values();
      boolean any = false;
      for (int i = 0; i < values.length; i++) {
        float kept = values[i];
        values[i] = kept + STEP;
        double above = network.gradients(images, labels);
        double width = values[i];
        values[i] = kept - STEP;
        double below = network.gradients(images, labels);
        width -= values[i];
        values[i] = kept;
        assertEquals(
            (above - below) / width,
            gradients.get(p)[i],
            TOLERANCE,
            "parameter " + p + "[" + i + "]");
        any |= Math.abs(gradients.get(p)[i]) > 10 * TOLERANCE;
      }
      assertTrue(any, "parameter " + p + " matters");
    }
  }

  @Test
  void lossFallsAndEachRunIsTheSame() {
    Digits digits = Digits.read().first(128).enlarged(LeNet5.ENLARGED);
    List<Epoch> epochs = trained(digits);
    double first = epochs.getFirst().loss();
    double last = epochs.getLast().loss();
    assertTrue(last < 0.8 * first, first + " to " + last);
    assertEquals(last, trained(digits).getLast().loss());
  }

  private static List<Epoch> trained(Digits digits) {
    Network network = LeNet5.create(32, new SplittableRandom(1));
    return Training.run(network, digits, digits.first(32), 4, new SplittableRandom(1), epoch -> {});
  }

  @Test
  void frozenConvolutionsStay() {
    Digits digits = Digits.read().first(32).enlarged(LeNet5.ENLARGED);
    Network upright = LeNet5.create(32, new SplittableRandom(1));
    Network turned = LeNet5.withNewHead(upright, new SplittableRandom(2));
    assertEquals(
        61_706, upright.size(), "as of LeNet-5 without the gaps of its second convolution");
    assertEquals(61_706 - (6 * 26 + 16 * 151), turned.size());
    List<float[]> features =
        upright.parameters().stream().limit(4).map(p -> p.values().clone()).toList();
    float[] head = turned.parameters().getFirst().values().clone();

    Training.run(turned, digits, digits, 1, new SplittableRandom(1), epoch -> {});

    for (int p = 0; p < features.size(); p++) {
      assertArrayEquals(features.get(p), upright.parameters().get(p).values());
    }
    assertFalse(Arrays.equals(head, turned.parameters().getFirst().values()));
  }

  /** ln 4 where nothing is known; of [0, ln 3] the probabilities are 1/4 and 3/4. */
  @Test
  void crossEntropyIsThatOfTheSoftmax() {
    float[] gradient = new float[4];
    assertEquals(Math.log(4), CrossEntropy.of(new float[4], new int[] {1}, gradient), 1e-12);
    assertArrayEquals(new float[] {0.25f, -0.75f, 0.25f, 0.25f}, gradient);
    float[] scores = {0, (float) Math.log(3), 1000, 1000 + (float) Math.log(3)};
    double loss = CrossEntropy.of(scores, new int[] {0, 1}, gradient);
    assertEquals((Math.log(4) + Math.log(4.0 / 3)) / 2, loss, 1e-4);
    assertArrayEquals(new float[] {-0.375f, 0.375f, 0.125f, -0.125f}, gradient, 1e-4f);
  }

  /** Half of the last step, and a tenth of the gradient. */
  @Test
  void momentumKeepsAPartOfTheLastStep() {
    Parameter parameter = new Parameter(new float[] {1}, new float[] {2});
    Momentum momentum = new Momentum(List.of(parameter), 0.5f);
    momentum.step(0.1f);
    assertEquals(0.8f, parameter.values()[0], 1e-6f);
    momentum.step(0.1f);
    assertEquals(0.5f, parameter.values()[0], 1e-6f);
  }
}
