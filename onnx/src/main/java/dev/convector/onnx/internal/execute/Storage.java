package dev.convector.onnx.internal.execute;

import dev.convector.onnx.internal.graph.Constant;

/**
 * Memory that holds one tensor, or several that never live at the same time. Made while steps are
 * compiled, and not changed after.
 *
 * <p>Images channels last may turn out to be some of the channels of wider ones: then they lie in
 * the pixels of these, their host, from the first step on that writes them.
 */
public final class Storage {
  /** Where it is. */
  public enum Kind {
    /** An array of its own, the same in every run. */
    CONSTANT,
    /** A part of a run's arena. */
    ARENA,
    /** What the caller gives. */
    INPUT,
    /** What the caller gets. */
    OUTPUT
  }

  private final boolean whole;
  private final int size;
  private Kind kind;
  private final Constant constant;
  private int position;
  private int first = Integer.MAX_VALUE;
  private int last = -1;

  /** Of each pixel, as all steps so far see it; 0 where there were none. */
  private int channels;

  /** Whether a step sees anything but images channels last, or wants them dense. */
  private boolean fixed;

  /** Null where it lies by itself. */
  private Storage host;

  /** The first of the host's channels that it is. */
  private int channel;

  /** Name of the node by which it is a part of the host. */
  private String hostName;

  private Storage(Kind kind, boolean whole, int size, Constant constant, int position) {
    this.kind = kind;
    this.whole = whole;
    this.size = size;
    this.constant = constant;
    this.position = position;
  }

  public static Storage arena(boolean whole, int size) {
    return new Storage(Kind.ARENA, whole, size, null, 0);
  }

  public static Storage constant(Constant constant) {
    boolean whole = !constant.type().isFloating();
    return new Storage(Kind.CONSTANT, whole, constant.size(), constant, 0);
  }

  public static Storage input(boolean whole, int size, int index) {
    return new Storage(Kind.INPUT, whole, size, null, index);
  }

  public static Storage output(boolean whole, int size, int index) {
    return new Storage(Kind.OUTPUT, whole, size, null, index);
  }

  /** Whether it holds longs; floats otherwise. */
  public boolean isWhole() {
    return whole;
  }

  public int size() {
    return size;
  }

  public Kind kind() {
    return root().kind;
  }

  /** What lies there; null where it is no constant. */
  public Constant constant() {
    return constant;
  }

  /** Index of the first element in the arena, or of the input or output; of one without host. */
  public int position() {
    return position;
  }

  /** What has memory of its own: this, its host, or that one's. */
  public Storage root() {
    return host == null ? this : host.root();
  }

  /** Elements from the root's first to this one's. */
  public int start() {
    return host == null ? 0 : host.start() + channel;
  }

  /** Elements from one pixel to the next where others lie between them; 0 where it is dense. */
  public int distance() {
    return host == null ? 0 : root().channels;
  }

  /** Name of the node by which it is a part of its host; null where it lies by itself. */
  public String hostName() {
    return hostName;
  }

  /** Elements of a pixel, if all steps so far see pixels that may lie apart; else 0. */
  public int channels() {
    return fixed ? 0 : channels;
  }

  /** Whether its pixels may lie apart in a host: it has none yet and no step minds. */
  public boolean mayMove() {
    return host == null && kind == Kind.ARENA && !whole && channels() > 0;
  }

  /**
   * Lets one that {@linkplain #mayMove may move} lie in wider images.
   *
   * @param wide channels last, which lie by themselves
   * @param wideChannels of these
   * @param from the first of them that it is
   * @param by name of the node that says so
   */
  public void moveInto(Storage wide, int wideChannels, int from, String by) {
    wide.channels = wideChannels;
    wide.live(first, last);
    host = wide;
    channel = from;
    hostName = by;
  }

  public void setPosition(int offset) {
    position = offset;
  }

  /** Lets the caller get what would have been in the arena. */
  public void becomeOutput(int index) {
    kind = Kind.OUTPUT;
    position = index;
  }

  /**
   * Notes that a step writes or reads it.
   *
   * @param pixel elements of a pixel of the images channels last that the step sees, if it does not
   *     mind what lies between these; else 0
   */
  public void touch(int step, int pixel) {
    boolean fits = pixel > 0 && (channels == 0 || channels == pixel);
    if (host != null && !fits) {
      throw new IllegalStateException("step " + step + ": can't see pixels that lie apart");
    }
    fixed |= !fits;
    channels = fits ? pixel : channels;
    root().live(step, step);
  }

  private void live(int from, int to) {
    first = Math.min(first, from);
    last = Math.max(last, to);
  }

  public int first() {
    return first;
  }

  public int last() {
    return last;
  }
}
