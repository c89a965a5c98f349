package dev.convector.examples.digits;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Passes over the training digits, in another order each, in steps of a batch. */
final class Training {
  private static final float RATE = 0.01f;
  private static final float MOMENTUM = 0.9f;

  /**
   * What came of one pass.
   *
   * @param number from 1 on
   * @param loss mean over the batches, each before its step
   * @param heldOut the part of the held-out digits that are read right after it
   * @param seconds that the pass took
   */
  record Epoch(int number, double loss, double heldOut, double seconds) {}

  private Training() {}

  /**
   * Trains.
   *
   * @param epochs passes
   * @param random gives the order of the digits
   * @param progress is told of each pass when it is done
   */
  static List<Epoch> run(
      Network network,
      Digits training,
      Digits heldOut,
      int epochs,
      RandomGenerator random,
      Consumer<Epoch> progress) {
    Momentum momentum = new Momentum(network.parameters(), MOMENTUM);
    List<Epoch> all = new ArrayList<>();
    for (int number = 1; number <= epochs; number++) {
      // The rate falls linearly: large steps at first, small ones to settle.
      float rate = RATE * (epochs - number + 1) / epochs;
      long start = System.nanoTime();
      double loss = pass(network, training, momentum, rate, random);
      double seconds = (System.nanoTime() - start) / 1e9;
      Epoch epoch = new Epoch(number, loss, network.accuracy(heldOut), seconds);
      progress.accept(epoch);
      all.add(epoch);
    }
    return all;
  }

  /** Whole batches only: of each pass other digits are left out. */
  private static double pass(
      Network network, Digits training, Momentum momentum, float rate, RandomGenerator random) {
    int batches = training.count() / network.batch();
    if (batches == 0) {
      throw new IllegalArgumentException(
          "digits: " + training.count() + "; must be at least a batch of " + network.batch());
    }
    int[] order = shuffled(training.count(), random);
    double loss = 0;
    for (int b = 0; b < batches; b++) {
      int[] places = new int[network.batch()];
      System.arraycopy(order, b * places.length, places, 0, places.length);
      Digits batch = training.of(places);
      loss += network.gradients(batch.pixels(), batch.labels());
      momentum.step(rate);
    }
    return loss / batches;
  }

  private static int[] shuffled(int count, RandomGenerator random) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }
}
