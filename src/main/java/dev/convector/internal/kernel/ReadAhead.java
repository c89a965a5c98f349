package dev.convector.internal.kernel;

/**
 * Brings what lies together into the cache before it is read otherwise: a panel of weights from
 * memory before its first tile, which would read it in one stream, a step at a time between its
 * multiply-adds. Four streams and nothing else read faster: 4096 x 4096 weights take 0.85 of the
 * time at a batch of 32 and 0.75 to 1 at a batch of 1 (Granite Rapids); where one stream is fetched
 * as fast they take longer, see {@link ReadAheadTrial}. Java has no prefetch instruction, so these
 * are loads, which wait: weights that are in the third-level cache take 1.03 to 1.15 times as long
 * so.
 */
public final class ReadAhead {
  private static final int LINE_FLOATS = 16;
  private static final int STREAMS = 4;

  private ReadAhead() {}

  /** Whether so many bytes of weights or images are taken to be in memory. */
  public static boolean pays(long bytes) {
    return bytes >= Blocking.FAR_BYTES;
  }

  /** The same of images that are read, as {@link Blocking#FAR_BYTES_BY_PARTS} says, by parts. */
  public static boolean paysByParts(long bytes) {
    return bytes >= Blocking.FAR_BYTES_BY_PARTS;
  }

  /**
   * Reads one float of each line.
   *
   * @return something that depends on all of them, so that C2 can't leave them out
   */
  public static int read(float[] from, int offset, int size) {
    int part = size / (STREAMS * LINE_FLOATS) * LINE_FLOATS;
    int a = 0;
    int b = 0;
    int c = 0;
    int d = 0;
    for (int i = offset; i < offset + part; i += LINE_FLOATS) {
      a = Float.floatToRawIntBits(from[i]) - a;
      b = Float.floatToRawIntBits(from[i + part]) - b;
      c = Float.floatToRawIntBits(from[i + 2 * part]) - c;
      d = Float.floatToRawIntBits(from[i + 3 * part]) - d;
    }
    return a ^ b ^ c ^ d;
  }
}
