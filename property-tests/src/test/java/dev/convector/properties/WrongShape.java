package dev.convector.properties;

import dev.convector.Conv2d;
import dev.convector.ConvShape;

/** A description's mistakes: each changes one size of a valid description. */
enum WrongShape {
  BATCH(0, "batch", 0),
  CHANNELS(1, "channels", 0),
  HEIGHT(2, "height", 0),
  WIDTH(3, "width", -1),
  FILTERS(4, "filters", 0),
  KERNEL_HEIGHT(5, "kernelHeight", 0),
  KERNEL_WIDTH(6, "kernelWidth", -3),
  STRIDE_HEIGHT(7, "strideHeight", 0),
  STRIDE_WIDTH(8, "strideWidth", Integer.MIN_VALUE),
  DILATION_HEIGHT(9, "dilationHeight", 0),
  DILATION_WIDTH(10, "dilationWidth", -1),
  PAD_TOP(11, "padTop", -1),
  PAD_LEFT(12, "padLeft", -2),
  PAD_BOTTOM(13, "padBottom", -1),
  PAD_RIGHT(14, "padRight", Integer.MIN_VALUE),
  GROUPS(15, "groups", 0),
  GROUPS_NOT_DIVIDING(15, "groups", 1_000_003),
  BATCH_TOO_LARGE(0, "input", Integer.MAX_VALUE),
  FILTERS_TOO_MANY(4, "", Integer.MAX_VALUE - 1),
  KERNEL_TOO_HIGH(5, "kernelHeight", 1_000),
  KERNEL_TOO_WIDE(6, "kernelWidth", Integer.MAX_VALUE),
  DILATION_TOO_HIGH(9, "kernelHeight", Integer.MAX_VALUE),
  DILATION_TOO_WIDE(10, "kernelWidth", 1_000),
  PADDING_TOO_LARGE(11, "padding", Integer.MAX_VALUE);

  private final int changed;
  private final String named;
  private final int value;

  WrongShape(int changed, String named, int value) {
    this.changed = changed;
    this.named = named;
    this.value = value;
  }

  Conv2d build(Conv2d right) {
    int[] a = sizes(right.shape());
    a[changed] = value;
    prepare(a);
    return Conv2d.builder()
        .input(a[0], a[1], a[2], a[3])
        .filters(a[4], a[5], a[6])
        .stride(a[7], a[8])
        .dilation(a[9], a[10])
        .padding(a[11], a[12], a[13], a[14])
        .groups(a[15])
        .build();
  }

  /** Makes sure that the changed size is a mistake, and the only one. */
  private void prepare(int[] a) {
    switch (this) {
      case BATCH_TOO_LARGE -> a[1] = a[15] * 2;
      case FILTERS_TOO_MANY -> {
        // An even number of filters in one group, of two inputs each.
        a[15] = 1;
        a[1] = 2;
      }
      case DILATION_TOO_HIGH -> a[5] = Math.max(2, a[5]);
      case DILATION_TOO_WIDE -> a[6] = Math.max(2, a[6]);
      case PADDING_TOO_LARGE -> a[13] = 1;
      default -> {}
    }
    boolean sizeBelow1 = this == CHANNELS || this == FILTERS;
    if (sizeBelow1) {
      a[15] = 1;
    }
  }

  /** What the message must contain. */
  String[] expected(Conv2d right) {
    return switch (this) {
      case FILTERS_TOO_MANY -> new String[] {"x", "" + value, "must have at most"};
      default -> new String[] {named, "" + value, "must"};
    };
  }

  private static int[] sizes(ConvShape s) {
    return new int[] {
      s.batch(),
      s.channels(),
      s.height(),
      s.width(),
      s.filters(),
      s.kernelHeight(),
      s.kernelWidth(),
      s.strideHeight(),
      s.strideWidth(),
      s.dilationHeight(),
      s.dilationWidth(),
      s.padTop(),
      s.padLeft(),
      s.padBottom(),
      s.padRight(),
      s.groups()
    };
  }
}
