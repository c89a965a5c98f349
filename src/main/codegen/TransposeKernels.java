import java.io.IOException;

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
 * {@code interleave} and {@code deinterleave}: 2 to 4 planes (RGB) to dense pixels and back, where
 * a square would be mostly empty. Vector q of LANES pixels' elements has element {@code e = q *
 * LANES + l} in lane l, which is pixel {@code e / planes} of plane {@code e % planes}: every plane
 * is permuted by the same shuffle and blended in by a mask; back likewise.
 *
 * <h2>Why the operands are arguments</h2>
 *
 * Unlike the other kernels' they are eight at most, and of two arrays only; and whoever transposes
 * has no call object at hand, so that one would have to be taken from a pool for each matrix.
 */
final class TransposeKernels {
  private static final int MOST_LANES = 16;

  /** RGB and alpha. */
  private static final int MOST_PLANES = 4;

  private static final String HEADER =
      """
      package dev.convector.internal.pack;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import java.util.function.IntPredicate;
      import jdk.incubator.vector.FloatVector;
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

        static void interleave(int planes, int vectors, float[] src, int srcOffset, int srcStride, float[] dst, int dstOffset) {
          switch (planes) {
            case 2 -> interleave2(vectors, src, srcOffset, srcStride, dst, dstOffset);
            case 3 -> interleave3(vectors, src, srcOffset, srcStride, dst, dstOffset);
            case 4 -> interleave4(vectors, src, srcOffset, srcStride, dst, dstOffset);
            default -> throw new AssertionError(planes + " planes");
          }
        }

        static void deinterleave(int planes, int vectors, float[] src, int srcOffset, float[] dst, int dstOffset, int dstStride) {
          switch (planes) {
            case 2 -> deinterleave2(vectors, src, srcOffset, dst, dstOffset, dstStride);
            case 3 -> deinterleave3(vectors, src, srcOffset, dst, dstOffset, dstStride);
            case 4 -> deinterleave4(vectors, src, srcOffset, dst, dstOffset, dstStride);
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

  /** Plane 0 is there before the others are blended in: o counts those from 1 on. */
  private static final String PLANES =
      """

        private static final VectorShuffle<Float> SPREAD{planes}_{q} = VectorShuffle.fromOp(SPECIES, l -> ({q} * LANES + l) / {planes});
        private static final VectorShuffle<Float> GATHER{planes}_{p} = VectorShuffle.fromOp(SPECIES, l -> (l * {planes} + {p}) % LANES);
        private static final VectorMask<Float> PLANE{planes}_{q}_{o + 1} = lanes(l -> ({q} * LANES + l) % {planes} == {o + 1});
        private static final VectorMask<Float> PART{planes}_{p}_{o + 1} = lanes(l -> (l * {planes} + {p}) / LANES == {o + 1});

        private static void interleave{planes}(int vectors, float[] src, int srcOffset, int srcStride, float[] dst, int dstOffset) {
          for (int i = 0; i < vectors; i++) {
            FloatVector p{p} = FloatVector.fromArray(SPECIES, src, srcOffset + {p} * srcStride + i * LANES);
            @for q
            p0.rearrange(SPREAD{planes}_{q})
                .blend(p{o + 1}.rearrange(SPREAD{planes}_{q}), PLANE{planes}_{q}_{o + 1})
                .intoArray(dst, dstOffset + i * {planes} * LANES + {q} * LANES);
            @end
          }
        }

        private static void deinterleave{planes}(int vectors, float[] src, int srcOffset, float[] dst, int dstOffset, int dstStride) {
          for (int i = 0; i < vectors; i++) {
            FloatVector q{q} = FloatVector.fromArray(SPECIES, src, srcOffset + i * {planes} * LANES + {q} * LANES);
            @for p
            q0.rearrange(GATHER{planes}_{p})
                .blend(q{o + 1}.rearrange(GATHER{planes}_{p}), PART{planes}_{p}_{o + 1})
                .intoArray(dst, dstOffset + {p} * dstStride + i * LANES);
            @end
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
    for (int planes = 2; planes <= MOST_PLANES; planes++) {
      out.append(
          Template.of(PLANES)
              .set("planes", planes)
              .index("p", planes)
              .index("q", planes)
              .index("o", planes - 1)
              .expand());
    }
    Template.write(
        root, "dev.convector.internal.pack", "TransposeKernels", out.append("}\n").toString());
  }
}
