package dev.convector;

/**
 * What a padded input holds outside the input, along every axis; PyTorch's {@code padding_mode}.
 *
 * <p>With the elements {@code a b c d} and two elements of padding on each side:
 *
 * <pre>
 * ZEROS      0 0 | a b c d | 0 0
 * CIRCULAR   c d | a b c d | a b
 * REFLECT    c b | a b c d | c b
 * REPLICATE  a a | a b c d | d d
 * </pre>
 */
public enum PaddingMode {
  /** Zeros; any padding. */
  ZEROS,
  /** The input again, as if it were a ring: padding of at most the input's size on each side. */
  CIRCULAR,
  /**
   * The input mirrored at its first and last element, which are not repeated: padding of less than
   * the input's size on each side.
   */
  REFLECT,
  /** The nearest element; any padding. */
  REPLICATE;

  /**
   * Where the element at a place of the padded input comes from.
   *
   * @param place along one axis, counted from the input's first element: negative before it, at
   *     least {@code size} behind its last
   * @param size elements of the input along that axis, at least 1
   * @return index of an element of the input; -1 for zero, also where a mirror image has ended
   */
  public int source(int place, int size) {
    if (place >= 0 && place < size) {
      return place;
    }
    return switch (this) {
      case ZEROS -> -1;
      case CIRCULAR -> Math.floorMod(place, size);
      case REFLECT -> {
        long mirrored = place < 0 ? -(long) place : 2L * (size - 1) - place;
        yield mirrored >= 0 && mirrored < size ? (int) mirrored : -1;
      }
      case REPLICATE -> place < 0 ? 0 : size - 1;
    };
  }

  /** Checks the paddings of a convolution's axis. */
  void require(AxisWords words, Axis axis) {
    require(words, axis.size(), axis.padBefore(), axis.padAfter());
  }

  /**
   * Checks the paddings of an axis.
   *
   * @throws IllegalArgumentException if there is more of it than this mode can fill
   */
  void require(AxisWords words, int size, int before, int after) {
    require(words, size, words.padBefore, before);
    require(words, size, words.padAfter, after);
  }

  /** Checks what is held in memory as an image of its own unless the padding is of zeros. */
  void requireIndexable(String name, long... factors) {
    if (this != ZEROS) {
      Arguments.indexable(name, factors);
    }
  }

  private void require(AxisWords words, int size, String name, int padding) {
    if (this == CIRCULAR && padding > size || this == REFLECT && padding >= size) {
      throw new IllegalArgumentException(
          "paddingMode: "
              + this
              + "; needs "
              + name
              + " ("
              + padding
              + (this == CIRCULAR ? ") of at most " : ") less than ")
              + words.size
              + " ("
              + size
              + ")");
    }
  }
}
