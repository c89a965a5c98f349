package dev.convector.internal.problem;

import java.util.Arrays;

/**
 * Which elements of a tensor a unit of work reads or writes: boxes of its memory order.
 *
 * <p>Where they are brought to scratch, they lie there as in the tensor, from the first to the last
 * of them. Planes of a channels-first tensor, of which a unit has a part each, are moved together:
 * {@link #plane} floats from one to the next, whatever lies between them in the tensor.
 *
 * <p>What is described stays until it is {@link #clear cleared}; kept and used again.
 */
public final class Elements {
  // Of a box: the first element, then length, lines, step, planes, step.
  private static final int FIELDS = 6;

  /** What is described by {@link #add(ImageOrder)}. */
  public final Region region = new Region();

  private int[] boxes = new int[4 * FIELDS];
  private int count;
  private int shift;

  private boolean keeping;

  /** Floats of the tensor's planes, if these are moved together; else 0. */
  private int naturalPlane;

  /** Of the elements from the first to the last; counted from the tensor's first. */
  private int first;

  private int end;

  /** The planes of all boxes, and the part of each. */
  private int firstPlane;

  private int endPlane;
  private int from;
  private int to;

  /** Some channels and pixels of one image, or the whole images of several. */
  public static final class Region {
    public int image;
    public int images;
    public int channel;
    public int endChannel;
    public int row;
    public int endRow;
    public int column;
    public int endColumn;

    /** All of so many images. */
    public void images(ImageOrder order, int image, int images) {
      this.image = image;
      this.images = images;
      channel = 0;
      endChannel = order.channels();
      rows(0, order.height());
      columns(0, order.width());
    }

    public void rows(int row, int endRow) {
      this.row = row;
      this.endRow = endRow;
    }

    public void columns(int column, int endColumn) {
      this.column = column;
      this.endColumn = endColumn;
    }

    public void channels(int channel, int endChannel) {
      this.channel = channel;
      this.endChannel = endChannel;
    }
  }

  public void clear() {
    count = 0;
    shift = 0;
    keeping = false;
    naturalPlane = 0;
    first = Integer.MAX_VALUE;
    end = 0;
    firstPlane = Integer.MAX_VALUE;
    endPlane = 0;
    from = Integer.MAX_VALUE;
    to = 0;
  }

  /** All that is added from now on lies so many elements further on. */
  public void shift(int elements) {
    shift = elements;
  }

  /** Planes are not moved together, whatever is added. */
  public void keepPlanes() {
    keeping = true;
  }

  /** Adds what {@link #region} describes. */
  public void add(ImageOrder order) {
    Region r = region;
    int rows = r.endRow - r.row;
    int columns = r.endColumn - r.column;
    int channels = r.endChannel - r.channel;
    if (rows <= 0 || columns <= 0 || channels <= 0) {
      return;
    }
    boolean wide = columns == order.width();
    int lines = wide ? 1 : rows;
    int pixels = wide ? rows * columns : columns;
    int width = order.width();
    int area = order.height() * width;
    int pixel = r.row * width + r.column;
    if (!order.hasPlanes()) {
      int at = (r.image * area + pixel) * order.channels() + r.channel;
      if (channels == order.channels()) {
        add(at, r.images * pixels * channels, lines, width * channels, 1, 0);
      } else {
        int line = width * order.channels();
        add(at, channels, r.images * pixels, order.channels(), lines, line);
      }
      return;
    }
    int at = (r.image * order.channels() + r.channel) * area + pixel;
    if (r.images > 1) {
      // Whole images: each filter's planes.
      add(at, area, r.images, order.channels() * area, channels, area);
    } else {
      add(at, pixels, lines, width, channels, area);
    }
    if (keeping) {
      return;
    }
    naturalPlane = area;
    int firstOfAll = r.image * order.channels() + r.channel;
    int last = (r.image + r.images - 1) * order.channels() + r.endChannel;
    firstPlane = Math.min(firstPlane, firstOfAll);
    endPlane = Math.max(endPlane, last);
    from = Math.min(from, r.images > 1 ? 0 : pixel);
    to = Math.max(to, r.images > 1 ? area : (r.endRow - 1) * width + r.endColumn);
  }

  /** Adds neighbouring elements, which may have been added before. */
  public void add(int at, int length) {
    add(at, length, 1, 0, 1, 0);
  }

  /**
   * Adds some of the elements of each of so many pixels.
   *
   * @param step from one pixel to the next; 1 where each element has a plane of pixels
   */
  public void add(int at, int elements, int step, int pixels) {
    if (step == 1 || step == elements) {
      add(at, elements * pixels);
    } else {
      add(at, elements, pixels, step, 1, 0);
    }
  }

  /** Adds so many planes of so many lines of neighbouring elements. */
  public void add(int at, int length, int lines, int lineStep, int planes, int planeStep) {
    if (length <= 0) {
      return;
    }
    int place = at + shift;
    first = Math.min(first, place);
    end = Math.max(end, place + (planes - 1) * planeStep + (lines - 1) * lineStep + length);
    if (lines == 1 && planes == 1 && extendsLast(place, length)) {
      return;
    }
    if ((count + 1) * FIELDS > boxes.length) {
      boxes = Arrays.copyOf(boxes, 2 * boxes.length);
    }
    int i = count++ * FIELDS;
    boxes[i] = place;
    boxes[i + 1] = length;
    boxes[i + 2] = lines;
    boxes[i + 3] = lineStep;
    boxes[i + 4] = planes;
    boxes[i + 5] = planeStep;
  }

  /** Whether neighbours go on where those of the last box end, or before; then it has them. */
  private boolean extendsLast(int at, int length) {
    int i = (count - 1) * FIELDS;
    if (count == 0
        || boxes[i + 2] * boxes[i + 4] > 1
        || at < boxes[i]
        || at > boxes[i] + boxes[i + 1]) {
      return false;
    }
    boxes[i + 1] = Math.max(boxes[i + 1], at + length - boxes[i]);
    return true;
  }

  /** Floats of scratch that hold them. */
  public int floats() {
    if (count == 0) {
      return 0;
    }
    return naturalPlane == 0 ? end - first : (endPlane - firstPlane) * (to - from);
  }

  /** Floats from one plane to the next in scratch; 0 where they lie as in the tensor. */
  public int plane() {
    return naturalPlane == 0 ? 0 : to - from;
  }

  /** What to add to an element's index to have its place in scratch, where they begin at one. */
  public int offset(int at) {
    if (count == 0) {
      return at;
    }
    return naturalPlane == 0 ? at - first : at - firstPlane * (to - from) - from;
  }

  public int boxes() {
    return count;
  }

  /** A box's first element. */
  public int at(int box) {
    return boxes[box * FIELDS];
  }

  /** The place of a box's first element in scratch, where they begin at one. */
  public int place(int box, int at) {
    int element = boxes[box * FIELDS];
    if (naturalPlane == 0) {
      return element + offset(at);
    }
    int inTensor = element - shift;
    return inTensor / naturalPlane * (to - from) + inTensor % naturalPlane + offset(at);
  }

  /** Neighbouring elements of a line. */
  public int length(int box) {
    return boxes[box * FIELDS + 1];
  }

  public int lines(int box) {
    return boxes[box * FIELDS + 2];
  }

  public int lineStep(int box) {
    return boxes[box * FIELDS + 3];
  }

  public int planes(int box) {
    return boxes[box * FIELDS + 4];
  }

  public int planeStep(int box) {
    return boxes[box * FIELDS + 5];
  }

  /** From plane to plane in scratch. */
  public int placedPlaneStep(int box) {
    return naturalPlane == 0 ? planeStep(box) : to - from;
  }
}
