package dev.convector.jmh.layer;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Layers that no table has, drawn from the space of real ones: as many of each {@link LayerClass},
 * sizes spread evenly over their logarithms, round numbers more often than odd ones.
 *
 * <p>The same seed gives the same layers, and fewer of them are the first of more. A layer's name
 * says all of it, so that a fork, a report or a person can make the layer from its name alone.
 */
public final class LayerSpace {
  /** The network of all drawn layers. */
  public static final String NAME = "drawn";

  /** Bounds of a layer's multiply-adds: 3 ms at the peak of a core, 2 s of the oracle's. */
  private static final long MOST_MULTIPLY_ADDS = 400_000_000;

  private static final long LEAST_MULTIPLY_ADDS = 20_000;

  /** Of input, weights and output together: more than a last cache, little for a heap. */
  private static final long MOST_BYTES = 96L << 20;

  private static final int MOST_CHANNELS = 2048;

  /** As many as VGG's first fully connected layer has. */
  private static final int MOST_FEATURES = 25_088;

  private static final int MOST_IN_GROUP = 64;
  private static final int MOST_BATCH = 64;
  private static final int LEAST_SIZE = 5;
  private static final int MOST_SIZE = 600;
  private static final int MOST_KERNEL = 31;
  private static final int MOST_DILATION = 18;

  /** {@code drawn/NxCxHxW_KxRxS_s2p1d1g1}. */
  private static final Pattern NAMED =
      Pattern.compile(
          NAME + "/(\\d+)x(\\d+)x(\\d+)x(\\d+)_(\\d+)x(\\d+)x(\\d+)_s(\\d+)p(\\d+)d(\\d+)g(\\d+)");

  private final SplittableRandom random;

  private LayerSpace(long seed) {
    random = new SplittableRandom(seed);
  }

  /** So many different layers; their classes take turns. */
  public static List<Layer> draw(int count, long seed) {
    LayerSpace space = new LayerSpace(seed);
    LayerClass[] classes = LayerClass.values();
    Set<Layer> drawn = new LinkedHashSet<>();
    while (drawn.size() < count) {
      drawn.add(space.next(classes[drawn.size() % classes.length]));
    }
    return new ArrayList<>(drawn);
  }

  /**
   * The layer that a name describes.
   *
   * @throws IllegalArgumentException if the name is not of this space's form
   */
  public static Layer named(String name) {
    Matcher matcher = NAMED.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "layer: " + name + "; must be like " + NAME + "/1x64x56x56_128x3x3_s2p1d1g1");
    }
    int[] n = new int[matcher.groupCount()];
    for (int i = 0; i < n.length; i++) {
      n[i] = Integer.parseInt(matcher.group(i + 1));
    }
    return new Layer(
        name, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], Operation.FORWARD);
  }

  /** The same layer under the name that describes it. */
  public static Layer renamed(Layer l) {
    String name =
        "%s/%dx%dx%dx%d_%dx%dx%d_s%dp%dd%dg%d"
            .formatted(
                NAME,
                l.batch(),
                l.channels(),
                l.height(),
                l.width(),
                l.filters(),
                l.kernelHeight(),
                l.kernelWidth(),
                l.stride(),
                l.padding(),
                l.dilation(),
                l.groups());
    return l.with(name, Operation.FORWARD);
  }

  /** Whether it has an output, and its work and memory are within the bounds. */
  public static boolean allows(Layer l) {
    if (l.outputHeight() < 1 || l.outputWidth() < 1) {
      return false;
    }
    double outputs = (double) l.batch() * l.filters() * l.outputHeight() * l.outputWidth();
    double perGroup = (double) l.channels() / l.groups() * l.kernelHeight() * l.kernelWidth();
    double inputs = (double) l.batch() * l.channels() * l.height() * l.width();
    double bytes = Float.BYTES * (inputs + outputs + l.filters() * perGroup);
    return bytes <= MOST_BYTES
        && outputs * perGroup <= MOST_MULTIPLY_ADDS
        && outputs * perGroup >= LEAST_MULTIPLY_ADDS;
  }

  private Layer next(LayerClass wanted) {
    Layer layer;
    do {
      layer = candidate(wanted);
    } while (LayerClass.of(layer) != wanted || !allows(layer));
    return renamed(layer);
  }

  private Layer candidate(LayerClass wanted) {
    int channels = channels(1, MOST_CHANNELS);
    return switch (wanted) {
      case DENSE_1X1 -> image(channels, filters(channels), 1, 1, 1);
      case DENSE_3X3 -> image(channels, filters(channels), 3, 3, 1);
      case DENSE_OTHER -> other(channels, filters(channels), 1);
      case FIRST -> first();
      case DEPTHWISE -> depthwise();
      case GROUPED -> grouped();
      case FULLY_CONNECTED -> fullyConnected();
    };
  }

  /** One channel is sound or grey, three are colours; patches are as large as their stride. */
  private Layer first() {
    int channels = chance(0.6) ? 3 : chance(0.6) ? 1 : between(2, LayerClass.FIRST_CHANNELS);
    int filters = channels(8, 256);
    if (chance(0.25)) {
      int kernel = between(2, 16);
      return layer(1, channels, size(), size(), filters, kernel, kernel, kernel, 0, 1, 1);
    }
    if (chance(0.5)) {
      return image(channels, filters, 3, 3, 1);
    }
    return other(channels, filters, 1);
  }

  private Layer depthwise() {
    int channels = channels(2, MOST_CHANNELS);
    int filters = channels * (chance(0.9) ? 1 : 2);
    return chance(0.6)
        ? image(channels, filters, 3, 3, channels)
        : other(channels, filters, channels);
  }

  private Layer grouped() {
    int groups = chance(0.3) ? 32 : logarithmic(2, 64);
    int channels = groups * inGroup();
    int filters = chance(0.6) ? channels : groups * inGroup();
    if (chance(0.25)) {
      return image(channels, filters, 1, 1, groups);
    }
    return chance(0.7) ? image(channels, filters, 3, 3, groups) : other(channels, filters, groups);
  }

  private int inGroup() {
    return chance(0.5) ? 1 << between(1, 6) : logarithmic(2, MOST_IN_GROUP);
  }

  private Layer fullyConnected() {
    int features = round(logarithmic(1, MOST_FEATURES));
    return layer(batch(0.4), features, 1, 1, channels(1, MOST_CHANNELS), 1, 1, 1, 0, 1, 1);
  }

  /** A kernel that is neither 1x1 nor 3x3, some of them with one axis. */
  private Layer other(int channels, int filters, int groups) {
    int kernel = chance(0.5) ? 5 + 2 * between(0, 3) : logarithmic(2, MOST_KERNEL);
    if (chance(0.25)) {
      return chance(0.5)
          ? image(channels, filters, 1, kernel, groups)
          : image(channels, filters, kernel, 1, groups);
    }
    return image(channels, filters, kernel, kernel, groups);
  }

  /** A kernel of one axis has no padding, since it would be that of the other axis too. */
  private Layer image(int channels, int filters, int kernelHeight, int kernelWidth, int groups) {
    int height = size();
    int width = chance(0.75) ? height : size();
    int longest = Math.max(kernelHeight, kernelWidth);
    int stride = chance(0.7) ? 1 : chance(0.8) ? 2 : between(3, 4);
    int dilation = longest > 1 && stride == 1 && chance(0.2) ? logarithmic(2, MOST_DILATION) : 1;
    boolean same = kernelHeight == kernelWidth && chance(0.8);
    int padding = same ? dilation * (longest - 1) / 2 : 0;
    return layer(
        batch(0.75),
        channels,
        height,
        width,
        filters,
        kernelHeight,
        kernelWidth,
        stride,
        padding,
        dilation,
        groups);
  }

  private static Layer layer(int... n) {
    return new Layer(
        NAME + "/",
        n[0],
        n[1],
        n[2],
        n[3],
        n[4],
        n[5],
        n[6],
        n[7],
        n[8],
        n[9],
        n[10],
        Operation.FORWARD);
  }

  private int batch(double single) {
    return chance(single) ? 1 : logarithmic(2, MOST_BATCH);
  }

  private int size() {
    return logarithmic(LEAST_SIZE, MOST_SIZE);
  }

  private int channels(int least, int most) {
    return Math.max(least, round(logarithmic(least, most)));
  }

  /** Mostly a quarter to four times the channels. */
  private int filters(int channels) {
    return chance(0.7)
        ? Math.min(MOST_CHANNELS, round(logarithmic((channels + 3) / 4, 4 * channels)))
        : channels(1, MOST_CHANNELS);
  }

  /** To a multiple of 8 or 32 as networks mostly have it, or as it is. */
  private int round(int count) {
    int unit = count >= 64 ? 32 : count >= 8 ? 8 : 1;
    return chance(0.65) ? Math.max(unit, count / unit * unit) : count;
  }

  private boolean chance(double part) {
    return random.nextDouble() < part;
  }

  private int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  /** Each doubling is as likely as another. */
  private int logarithmic(int least, int most) {
    double exponent = random.nextDouble(Math.log(least), Math.log(most + 1.0));
    return Math.clamp((int) Math.exp(exponent), least, most);
  }
}
