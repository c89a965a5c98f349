package dev.convector.examples.digits;

import dev.convector.Upsample2d;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Handwritten digits as grey pictures, 0 for paper and 1 for ink.
 *
 * @param size rows and columns of a picture
 * @param pixels {@code [count][1][size][size]}
 * @param labels the digit of each picture
 */
record Digits(int size, float[] pixels, int[] labels) {
  /** Digits from 0 to 9. */
  static final int CLASSES = 10;

  private static final String FILE = "digits.csv.gz";
  private static final int FILE_SIZE = 8;
  private static final int DARKEST = 16;

  /** One of five is held out: every fifth in the order of the file, so of every writer some. */
  private static final int FOLDS = 5;

  /** The digits that come with this program, 8x8 pixels each. */
  static Digits read() {
    List<String> rows;
    try (var reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Digits.class.getResourceAsStream(FILE)),
                StandardCharsets.US_ASCII))) {
      rows = reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int area = FILE_SIZE * FILE_SIZE;
    float[] pixels = new float[rows.size() * area];
    int[] labels = new int[rows.size()];
    for (int i = 0; i < labels.length; i++) {
      String[] cells = rows.get(i).split(",");
      for (int pixel = 0; pixel < area; pixel++) {
        pixels[i * area + pixel] = Float.parseFloat(cells[pixel]) / DARKEST;
      }
      labels[i] = Integer.parseInt(cells[area]);
    }
    return new Digits(FILE_SIZE, pixels, labels);
  }

  int count() {
    return labels.length;
  }

  /** What the network learns from. */
  Digits training() {
    return where(i -> i % FOLDS != FOLDS - 1);
  }

  /** What it never sees while it learns. */
  Digits heldOut() {
    return where(i -> i % FOLDS == FOLDS - 1);
  }

  /** The first so many. */
  Digits first(int count) {
    return where(i -> i < count);
  }

  private Digits where(IntPredicate taken) {
    return of(IntStream.range(0, count()).filter(taken).toArray());
  }

  /** Those at the given places, in that order. */
  Digits of(int[] places) {
    int area = size * size;
    float[] some = new float[places.length * area];
    int[] theirLabels = new int[places.length];
    for (int i = 0; i < places.length; i++) {
      System.arraycopy(pixels, places[i] * area, some, i * area, area);
      theirLabels[i] = labels[places[i]];
    }
    return new Digits(size, some, theirLabels);
  }

  /** Turned clockwise by 90 degrees. */
  Digits turned() {
    float[] turned = new float[pixels.length];
    for (int i = 0; i < count(); i++) {
      int picture = i * size * size;
      for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
          turned[picture + x * size + size - 1 - y] = pixels[picture + y * size + x];
        }
      }
    }
    return new Digits(size, turned, labels);
  }

  /** Bilinearly enlarged. */
  Digits enlarged(int factor) {
    var upsample =
        Upsample2d.builder()
            .input(count(), 1, size, size)
            .scale(factor, factor)
            .bilinear()
            .build()
            .plan();
    float[] larger = new float[upsample.outputSize()];
    upsample.run(pixels, larger);
    return new Digits(size * factor, larger, labels);
  }
}
