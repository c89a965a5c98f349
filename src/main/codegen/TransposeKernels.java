import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Prints {@code dev.convector.internal.pack.TransposeKernels}: transposition of square blocks in
 * registers, for 4, 8 and 16 lanes.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The method</h2>
 *
 * The network of Eklundh ("A Fast Computer Method for Matrix Transposing", 1972): for each power of
 * two {@code d} below LANES, the rows {@code a = i} and {@code b = i + d} exchange the elements
 * whose column has bit {@code d} set in a and clear in b:
 *
 * <pre>
 *   a'[l] = l has bit d ? b[l - d] : a[l]
 *   b'[l] = l has bit d ? b[l]     : a[l + d]
 * </pre>
 *
 * Both sides are one permutation by {@code l ^ d} and one blend by bit d: a single constant shuffle
 * and a single constant mask a stage. The widest stage, {@code d = LANES / 2}, needs no permutation
 * at all: it loads the row {@code d} elements further left or right instead. Such a load stays
 * inside the array, since the row LANES / 2 rows below or above lies beyond it.
 *
 * <h2>Whole squares only</h2>
 *
 * {@code whole}: a line of blocks, each LANES x LANES, from left to right or {@code down} in src,
 * and the other way in dst. There is no masked form for fewer rows or columns: C2 gave up on it,
 * and each of its vectors was allocated.
 *
 * <h2>Few planes</h2>
 *
 * {@code interleave} and {@code deinterleave}: few planes (RGB, few filters) to dense pixels and
 * back, where a square would be mostly empty. An even number of planes is halved: the even planes
 * and the odd ones are interleaved each, and elements of both results taken in turn, by one
 * permutation of two vectors each. Of three planes, element {@code e = q * LANES + l} of the pixels
 * is pixel {@code e / 3} of plane {@code e % 3}: every plane is permuted by the same shuffle and
 * blended in by a mask; back likewise.
 *
 * <h2>Why the operands are arguments</h2>
 *
 * Unlike the other kernels' they are eight at most, and of two arrays only; and whoever transposes
 * has no call object at hand, so that one would have to be taken from a pool for each matrix.
 */
final class TransposeKernels {
  private static final int MOST_LANES = 16;

  /** Of which there are kernels: RGB, alpha, two columns of RGB, few filters. */
  private static final int[] PLANES = {2, 3, 4, 6, 8};

  private static final String HEADER =
      """
      package dev.convector.internal.pack;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import java.util.Arrays;
      import java.util.function.IntPredicate;
      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;
      import jdk.incubator.vector.VectorMask;
      import jdk.incubator.vector.VectorShuffle;

      /** Blocks transposed in registers; generated, see TransposeKernels in the codegen folder. */
      final class TransposeKernels {
        private TransposeKernels() {}

        private static VectorMask<Float> lanes(IntPredicate chosen) {
          long bits = 0;
          for (int lane = 0; lane < LANES; lane++) {
            bits |= chosen.test(lane) ? 1L << lane : 0;
          }
          return VectorMask.fromLong(SPECIES, bits);
        }

        static void whole(int blocks, float[] src, int srcOffset, int srcStride, float[] dst, int dstOffset, int dstStride, boolean down) {
          switch (LANES) {
            case 4 -> whole4(blocks, src, srcOffset, srcStride, dst, dstOffset, dstStride, down);
            case 8 -> whole8(blocks, src, srcOffset, srcStride, dst, dstOffset, dstStride, down);
            case 16 -> whole16(blocks, src, srcOffset, srcStride, dst, dstOffset, dstStride, down);
            default -> throw new AssertionError(LANES + " lanes");
          }
        }

        /** Whether so many planes have kernels. */
        static boolean hasPlanes(int planes) {
          return switch (planes) {
            case 2, 3, 4, 6, 8 -> true;
            default -> false;
          };
        }

        static void interleave(int planes, int vectors, float[] src, int srcOffset, int srcStride, float[] dst, int dstOffset) {
          switch (planes) {
            case 2 -> interleave2(vectors, src, srcOffset, srcStride, dst, dstOffset);
            case 3 -> interleave3(vectors, src, srcOffset, srcStride, dst, dstOffset);
            case 4 -> interleave4(vectors, src, srcOffset, srcStride, dst, dstOffset);
            case 6 -> interleave6(vectors, src, srcOffset, srcStride, dst, dstOffset);
            case 8 -> interleave8(vectors, src, srcOffset, srcStride, dst, dstOffset);
            default -> throw new AssertionError(planes + " planes");
          }
        }

        static void deinterleave(int planes, int vectors, float[] src, int srcOffset, float[] dst, int dstOffset, int dstStride) {
          switch (planes) {
            case 2 -> deinterleave2(vectors, src, srcOffset, dst, dstOffset, dstStride);
            case 3 -> deinterleave3(vectors, src, srcOffset, dst, dstOffset, dstStride);
            case 4 -> deinterleave4(vectors, src, srcOffset, dst, dstOffset, dstStride);
            case 6 -> deinterleave6(vectors, src, srcOffset, dst, dstOffset, dstStride);
            case 8 -> deinterleave8(vectors, src, srcOffset, dst, dstOffset, dstStride);
            default -> throw new AssertionError(planes + " planes");
          }
        }
      """;

  private static final String STAGE_MASK =
      """

        private static final VectorMask<Float> ODD{d} = lanes(l -> (l & {d}) != 0);
        @if !widest
        private static final VectorShuffle<Float> SWAP{d} = VectorShuffle.fromOp(SPECIES, l -> (l ^ {d}) & (LANES - 1));
        @end
      """;

  private static final String WHOLE_START =
      """

        private static void whole{lanes}(int blocks, float[] src, int srcOffset, int srcStride, float[] dst, int dstOffset, int dstStride, boolean down) {
          int srcStep = down ? srcStride * LANES : LANES;
          int dstStep = down ? LANES : dstStride * LANES;
          for (int block = 0; block < blocks; block++) {
            int s = srcOffset + block * srcStep;
            int t = dstOffset + block * dstStep;
            @for i
            FloatVector v{i}_{half} =
                FloatVector.fromArray(SPECIES, src, s + {i} * srcStride)
                    .blend(FloatVector.fromArray(SPECIES, src, s + {i + half} * srcStride - {half}), ODD{half});
            FloatVector v{i + half}_{half} =
                FloatVector.fromArray(SPECIES, src, s + {i} * srcStride + {half})
                    .blend(FloatVector.fromArray(SPECIES, src, s + {i + half} * srcStride), ODD{half});
            @end
      """;

  /** Row i after the stage of d is {@code v<i>_<d>}; g counts the groups of 2 d rows. */
  private static final String STAGE =
      """
            @for g
            @for i
            FloatVector v{2 * d * g + i}_{d} =
                v{2 * d * g + i}_{2 * d}.blend(v{2 * d * g + i + d}_{2 * d}.rearrange(SWAP{d}), ODD{d});
            FloatVector v{2 * d * g + i + d}_{d} =
                v{2 * d * g + i}_{2 * d}.rearrange(SWAP{d}).blend(v{2 * d * g + i + d}_{2 * d}, ODD{d});
            @end
            @end
      """;

  private static final String WHOLE_END =
      """
            v{row}_1.intoArray(dst, t + {row} * dstStride);
          }
        }
      """;

  /** What few planes need: three are rearranged and blended, the others are pairs of halves. */
  private static final String PLANES_CONSTANTS =
      """

        private static final IntVector EVEN = IntVector.zero(INTS).addIndex(2);
        private static final IntVector ODD = EVEN.add(1);
        private static final IntVector LOW = pairs(0);
        private static final IntVector HIGH = pairs(LANES / 2);
        private static final VectorShuffle<Float> SPREAD{q} = VectorShuffle.fromOp(SPECIES, l -> ({q} * LANES + l) / 3);
        private static final VectorShuffle<Float> GATHER{q} = VectorShuffle.fromOp(SPECIES, l -> (l * 3 + {q}) % LANES);
        private static final VectorMask<Float> PLANE{q}_{o + 1} = lanes(l -> ({q} * LANES + l) % 3 == {o + 1});
        private static final VectorMask<Float> PART{q}_{o + 1} = lanes(l -> (l * 3 + {q}) / LANES == {o + 1});

        /** Elements of two vectors in turn, from the first one on. */
        private static IntVector pairs(int first) {
          int[] indexes = new int[LANES];
          Arrays.setAll(indexes, l -> first + l / 2 + l % 2 * LANES);
          return IntVector.fromArray(INTS, indexes, 0);
        }
      """;

  private static final String INTERLEAVE =
      """

        private static void interleave{planes}(int vectors, float[] src, int srcOffset, int srcStride, float[] dst, int dstOffset) {
          for (int i = 0; i < vectors; i++) {
            int s = srcOffset + i * LANES;
            int t = dstOffset + i * {planes} * LANES;
            {lines}
          }
        }
      """;

  private static final String DEINTERLEAVE =
      """

        private static void deinterleave{planes}(int vectors, float[] src, int srcOffset, float[] dst, int dstOffset, int dstStride) {
          for (int i = 0; i < vectors; i++) {
            int s = srcOffset + i * {planes} * LANES;
            int t = dstOffset + i * LANES;
            {lines}
          }
        }
      """;

  private TransposeKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(HEADER);
    for (int d = 1; d < MOST_LANES; d *= 2) {
      out.append(Template.of(STAGE_MASK).set("d", d).set("widest", 2 * d == MOST_LANES).expand());
    }
    for (int lanes = 4; lanes <= MOST_LANES; lanes *= 2) {
      out.append(
          Template.of(WHOLE_START)
              .set("lanes", lanes)
              .set("half", lanes / 2)
              .index("i", lanes / 2)
              .expand());
      for (int d = lanes / 4; d > 0; d /= 2) {
        out.append(
            Template.of(STAGE).set("d", d).index("g", lanes / (2 * d)).index("i", d).expand());
      }
      out.append(Template.of(WHOLE_END).index("row", lanes).expand());
    }
    out.append(Template.of(PLANES_CONSTANTS).index("q", 3).index("o", 2).expand());
    for (int planes : PLANES) {
      out.append(method(INTERLEAVE, planes, interleave(planes)));
      out.append(method(DEINTERLEAVE, planes, deinterleave(planes)));
    }
    Template.write(
        root, "dev.convector.internal.pack", "TransposeKernels", out.append("}\n").toString());
  }

  /**
   * Three planes are never taken for ints, which takes the interpreter long: a network begins with
   * a picture of them.
   */
  private static String method(String text, int planes, List<String> lines) {
    String indented = String.join("\n      ", lines);
    if (planes == 3) {
      indented = indented.replaceAll("\\.reinterpretAs(Int|Float)s\\(\\)", "");
      indented = indented.replace("IntVector", "FloatVector");
    }
    return Template.of(text).set("planes", planes).set("lines", indented).expand();
  }

  private static List<String> interleave(int planes) {
    List<String> lines = new ArrayList<>();
    for (int p = 0; p < planes; p++) {
      lines.add(load("p" + p, "s + " + p + " * srcStride"));
    }
    List<String> dense = dense(IntStream.range(0, planes).mapToObj(p -> "p" + p).toList(), lines);
    for (int q = 0; q < planes; q++) {
      lines.add(dense.get(q) + ".reinterpretAsFloats().intoArray(dst, t + " + q + " * LANES);");
    }
    return lines;
  }

  /**
   * Adds lines that make pixels of planes, vectors of ints; returns the names of their vectors. The
   * class that they are in has the constants LOW and HIGH.
   */
  static List<String> dense(List<String> planes, List<String> lines) {
    int count = planes.size();
    if (count == 1) {
      return planes;
    }
    List<String> result = new ArrayList<>();
    String name = planes.getFirst() + "_" + count + "_";
    if (count == 3) {
      for (int q = 0; q < 3; q++) {
        String[] x = new String[3];
        for (int p = 0; p < 3; p++) {
          x[p] = planes.get(p) + ".reinterpretAsFloats().rearrange(SPREAD" + q + ")";
        }
        lines.add(blend(name + q, x, "PLANE" + q));
        result.add(name + q);
      }
      return result;
    }
    List<String> even = dense(every(planes, 0), lines);
    List<String> odd = dense(every(planes, 1), lines);
    for (int q = 0; q < count; q++) {
      String order = q % 2 == 0 ? "LOW" : "HIGH";
      lines.add(select(name + q, order, even.get(q / 2), odd.get(q / 2)));
      result.add(name + q);
    }
    return result;
  }

  private static List<String> deinterleave(int planes) {
    List<String> lines = new ArrayList<>();
    for (int q = 0; q < planes; q++) {
      lines.add(load("q" + q, "s + " + q + " * LANES"));
    }
    List<String> apart = apart(IntStream.range(0, planes).mapToObj(q -> "q" + q).toList(), lines);
    for (int p = 0; p < planes; p++) {
      String at = "t + " + p + " * dstStride";
      lines.add(apart.get(p) + ".reinterpretAsFloats().intoArray(dst, " + at + ");");
    }
    return lines;
  }

  /** Adds lines that make planes of pixels; returns the names of their vectors. */
  private static List<String> apart(List<String> pixels, List<String> lines) {
    int count = pixels.size();
    if (count == 1) {
      return pixels;
    }
    List<String> result = new ArrayList<>();
    String name = pixels.getFirst() + "_" + count + "_";
    if (count == 3) {
      for (int p = 0; p < 3; p++) {
        String[] x = new String[3];
        for (int q = 0; q < 3; q++) {
          x[q] = pixels.get(q) + ".reinterpretAsFloats().rearrange(GATHER" + p + ")";
        }
        lines.add(blend(name + p, x, "PART" + p));
        result.add(name + p);
      }
      return result;
    }
    List<List<String>> halves = new ArrayList<>();
    for (String order : List.of("EVEN", "ODD")) {
      List<String> half = new ArrayList<>();
      for (int q = 0; q < count; q += 2) {
        String each = name + order.toLowerCase(Locale.ROOT) + q / 2;
        lines.add(select(each, order, pixels.get(q), pixels.get(q + 1)));
        half.add(each);
      }
      halves.add(apart(half, lines));
    }
    for (int p = 0; p < count; p++) {
      result.add(halves.get(p % 2).get(p / 2));
    }
    return result;
  }

  private static List<String> every(List<String> planes, int first) {
    List<String> result = new ArrayList<>();
    for (int p = first; p < planes.size(); p += 2) {
      result.add(planes.get(p));
    }
    return result;
  }

  private static String load(String name, String at) {
    return "IntVector %s = FloatVector.fromArray(SPECIES, src, %s).reinterpretAsInts();"
        .formatted(name, at);
  }

  private static String select(String name, String order, String first, String second) {
    return "IntVector %s = %s.selectFrom(%s, %s);".formatted(name, order, first, second);
  }

  private static String blend(String name, String[] x, String mask) {
    return "IntVector %s = %s.blend(%s, %s_1).blend(%s, %s_2).reinterpretAsInts();"
        .formatted(name, x[0], x[1], mask, x[2], mask);
  }
}
