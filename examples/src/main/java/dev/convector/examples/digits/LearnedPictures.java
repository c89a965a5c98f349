package dev.convector.examples.digits;

import dev.convector.examples.ContactSheet;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a trained network has inside, and where it errs. */
final class LearnedPictures {
  private static final int COLUMNS = 1 + LeNet5.FIRST_FILTERS;

  private LearnedPictures() {}

  /** The first convolution's filters: mid-grey for 0, white for the largest weight of all. */
  static BufferedImage filters(Network network) {
    Convolution first = (Convolution) network.layers().getFirst();
    int size = first.description().shape().kernelHeight();
    float[] weights = first.weights();
    float largest = 0;
    for (float weight : weights) {
      largest = Math.max(largest, Math.abs(weight));
    }
    ContactSheet sheet = new ContactSheet(size, size, 110, LeNet5.FIRST_FILTERS);
    for (int filter = 0; filter < LeNet5.FIRST_FILTERS; filter++) {
      sheet.add(
          "filter " + (filter + 1), grey(weights, filter * size * size, size, -largest, largest));
    }
    return sheet.draw();
  }

  /** A digit of each class and what the filters, with their ReLU, make of it: white is most. */
  static BufferedImage featureMaps(Network network, Digits digits) {
    Digits one = oneOfEach(digits);
    float[] images = Arrays.copyOf(one.pixels(), network.batch() * one.size() * one.size());
    Convolution first = (Convolution) network.layers().getFirst();
    int size = first.description().outputHeight();
    float[] maps = network.upTo(LeNet5.FIRST_MAPS, images);
    int area = size * size;
    ContactSheet sheet = new ContactSheet(size, size, 84, COLUMNS);
    for (int i = 0; i < one.count(); i++) {
      int picture = i * one.size() * one.size();
      sheet.add("digit " + one.labels()[i], grey(one.pixels(), picture, one.size(), 1, 0));
      for (int filter = 0; filter < LeNet5.FIRST_FILTERS; filter++) {
        int from = (i * LeNet5.FIRST_FILTERS + filter) * area;
        float brightest = 0;
        for (int pixel = from; pixel < from + area; pixel++) {
          brightest = Math.max(brightest, maps[pixel]);
        }
        sheet.add("map " + (filter + 1), grey(maps, from, size, 0, brightest));
      }
    }
    return sheet.draw();
  }

  /**
   * Every picture that is taken for another digit.
   *
   * @param small the pictures as they come
   * @param digits the same as the network reads them
   */
  static BufferedImage mistakes(Network network, Digits small, Digits digits) {
    List<double[]> probabilities = network.probabilities(digits);
    ContactSheet sheet = new ContactSheet(small.size(), small.size(), 170, 4);
    for (int i = 0; i < digits.count(); i++) {
      double[] classes = probabilities.get(i);
      int taken = Network.likeliest(classes);
      int label = digits.labels()[i];
      if (taken != label) {
        int picture = i * small.size() * small.size();
        String text =
            String.format(
                Locale.ROOT, "%d, read as %d (%.0f %%)", label, taken, 100 * classes[taken]);
        sheet.add(text, grey(small.pixels(), picture, small.size(), 1, 0));
      }
    }
    return sheet.draw();
  }

  /** The first picture of each class that there is. */
  private static Digits oneOfEach(Digits digits) {
    int[] places = new int[Digits.CLASSES];
    int found = 0;
    for (int label = 0; label < Digits.CLASSES; label++) {
      for (int i = 0; i < digits.count(); i++) {
        if (digits.labels()[i] == label) {
          places[found++] = i;
          break;
        }
      }
    }
    return digits.of(Arrays.copyOf(places, found));
  }

  private static BufferedImage grey(float[] values, int from, int size, float black, float white) {
    BufferedImage picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        float part = (values[from + y * size + x] - black) / (white - black);
        picture.setRGB(x, y, Math.clamp(Math.round(255 * part), 0, 255) * 0x010101);
      }
    }
    return picture;
  }
}
