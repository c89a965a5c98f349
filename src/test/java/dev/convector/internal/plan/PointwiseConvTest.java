package dev.convector.internal.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Axis;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.FullyConnected;
import dev.convector.Layout;
import dev.convector.internal.IntegerChecks;
import dev.convector.internal.dense.DenseConv;
import dev.convector.internal.dense.DenseDotConv;
import dev.convector.internal.dense.DenseDotWindowConv;
import dev.convector.internal.dense.DensePixelConv;
import dev.convector.internal.dense.DenseTapConv;
import dev.convector.internal.dense.DenseVectorConv;
import dev.convector.internal.grouped.GroupedPixelPointConv;
import dev.convector.internal.grouped.GroupedPointConv;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** 1x1 kernels of every class, on integers, so that every sum is exact. */
class PointwiseConvTest {
  private final Random random = new Random(7);
  private final IntegerChecks checks = new IntegerChecks(random);

  /** Every cut of the filters into tiles, and planes of less than a vector up to some tiles. */
  @Test
  void fewFilters() {
    for (int filters = 1; filters <= 34; filters++) {
      for (int i = 0; i < 5; i += 2) {
        int height = 1 + random.nextInt(1 << i);
        check(1, 1 + random.nextInt(40), height, 1 + random.nextInt(20), filters, 1);
      }
    }
  }

  /** Each distance of pixels that has tiles of its own, up to some blocks of pixels. */
  @Test
  void fewChannels() {
    for (int channels :
        new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 16, 20, 24, 32, 40, 48, 64, 67}) {
      for (int filters : new int[] {9, 16, 24, 33, 64, 150}) {
        int height = 1 + random.nextInt(40);
        check(1, channels, height, 1 + random.nextInt(height), filters, 1);
      }
    }
  }

  /** Every stride that is permuted and longer ones, rows of less than a vector and of several. */
  @Test
  void strides() {
    for (int stride = 1; stride <= 10; stride++) {
      for (int filters : new int[] {3, 70}) {
        for (int width : new int[] {1, 9, 70}) {
          check(stride, 1 + random.nextInt(9), 1 + random.nextInt(20), width, filters, 1);
        }
      }
    }
  }

  /** Deeper than a pass, of planes that one layout turns: docs/numbers.md promises one order. */
  @Test
  void bothLayoutsHaveTheSameBits() {
    sameBits(2048, 14, 192, 2);
    sameBits(2048, 14, 40, 2);
    sameBits(1152, 14, 72, 1);
    sameBits(1100, 20, 64, 1);
    sameBits(64, 10, 64, 1);
  }

  private void sameBits(int channels, int size, int filters, int stride) {
    Conv2d.Builder builder =
        Conv2d.builder().input(1, channels, size, size).filters(filters, 1, 1).stride(stride);
    Conv2d planes = builder.layout(Layout.NCHW).build();
    Conv2d last = builder.layout(Layout.NHWC).build();
    float[] src = random(planes.shape().inputSize());
    float[] turned = new float[src.length];
    int pixels = size * size;
    for (int i = 0; i < src.length; i++) {
      turned[i % pixels * channels + i / pixels] = src[i];
    }
    float[] weights = random(planes.shape().weightsSize());
    float[] bias = random(filters);
    float[] expected = new float[planes.shape().outputSize()];
    last.plan(weights, bias).run(turned, expected);
    float[] actual = new float[expected.length];
    planes.plan(weights, bias).run(src, actual);
    int results = expected.length / filters;
    for (int i = 0; i < actual.length; i++) {
      assertEquals(expected[i % results * filters + i / results], actual[i]);
    }
  }

  private float[] random(int size) {
    float[] floats = new float[size];
    for (int i = 0; i < size; i++) {
      floats[i] = random.nextFloat() - 0.5f;
    }
    return floats;
  }

  @Test
  void groups() {
    for (int filters : new int[] {1, 2, 9, 17, 23, 32, 40}) {
      for (int stride = 1; stride <= 3; stride++) {
        int channels = 1 + random.nextInt(20);
        check(stride, channels, 6 + random.nextInt(9), 18, filters, 2 + random.nextInt(3));
      }
    }
  }

  /** The depth in the lanes: every number of groups, filters and channels of tiles, and strides. */
  @Test
  void fewFiltersOfManyGroups() {
    int most = Simd.LANES / 4;
    for (int groups = 8; groups <= 25; groups++) {
      for (int filters = 1; filters <= most; filters++) {
        int shallow = Math.max(filters == 1 ? Simd.LANES / 2 : Simd.LANES * 5 / 8, 3 * filters);
        int deep = Math.max(shallow, (2 * filters - 2) * Simd.LANES + 1);
        int channels =
            groups % 2 == 0
                ? shallow + random.nextInt(Simd.LANES - shallow + 1)
                : deep + random.nextInt(2 * Simd.LANES);
        int stride = 1 + random.nextInt(2);
        ConvShape shape = shape(groups * channels, 7, stride, groups * filters, groups);
        assertEquals(
            Simd.LANES <= 16 ? DenseDotConv.class : DenseDotWindowConv.class,
            chosen(Layout.NHWC, shape));
        check(stride, channels, 1 + random.nextInt(9), 1 + random.nextInt(9), filters, groups);
      }
    }
  }

  /** What a vector has of a group's neighbour doesn't count. */
  @Test
  void infinitiesOfOtherGroups() {
    int groups = 8;
    for (int channels = Simd.LANES / 2; channels <= 3 * Simd.LANES; channels++) {
      float[] weights = new float[groups * channels];
      Arrays.fill(weights, 1);
      float[] src = new float[groups * channels];
      Arrays.fill(src, Float.POSITIVE_INFINITY);
      Arrays.fill(src, channels, 2 * channels, Float.NaN);
      float[] dst = new float[groups];
      Conv2d.builder()
          .input(1, groups * channels, 1, 1)
          .filters(groups, 1, 1)
          .groups(groups)
          .build()
          .plan(weights)
          .run(src, dst);
      for (int group = 0; group < groups; group++) {
        assertEquals(group == 1 ? Float.NaN : Float.POSITIVE_INFINITY, dst[group]);
      }
    }
  }

  /** More channels than a pass has, or than a block of any size keeps within its budget. */
  @Test
  void manyChannels() {
    for (int stride = 1; stride <= 2; stride++) {
      for (int filters : new int[] {1, 3, 9, 23, 40}) {
        check(stride, 2100, 3, 17, filters, 1);
        check(stride, 129 + random.nextInt(300), 9, 9 + random.nextInt(90), filters, 1);
      }
      check(stride, 150, 9, 23, 9, 3);
    }
  }

  /** Panels of pixels of more channels than one pass over the depth has. */
  @Test
  void largePlanes() {
    for (int channels : new int[] {7, 130, 1030}) {
      assertEquals(DensePixelConv.class, chosen(Layout.NCHW, shape(channels, 29, 1, 33, 1)));
      check(1, channels, 28, 29, 33, 1);
    }
  }

  /** Planes whose lines meet in one set of a cache, and in two. */
  @Test
  void planesInFewSets() {
    for (int filters : new int[] {1, 4, 8, 23}) {
      check(1, 13 + random.nextInt(300), 32, 32, filters, 1);
      check(1, 25 + random.nextInt(10), 64, 24, filters, 2);
    }
  }

  /** A few pixels of every number of filters that have the depth in the lanes, and of more. */
  @Test
  void fullyConnected() {
    for (int filters = 1; filters <= 34; filters++) {
      for (int batch : new int[] {1, 2, 5, 15, 300}) {
        int channels = 4 + random.nextInt(150);
        checks.withoutUnfolding(
            Conv2d.builder().input(batch, channels, 1, 1).filters(filters, 1, 1));
      }
    }
  }

  /** An image of 32 MB, blocks of which are read ahead. */
  @Test
  void imageInMemoryToFewFilters() {
    check(1, 64, 363, 364, 2, 1);
  }

  /** One filter of channels around a vector, also where the array ends with the last pixel. */
  @Test
  void oneFilter() {
    for (int channels = 1; channels <= 20; channels++) {
      for (int stride = 1; stride <= 2; stride++) {
        check(stride, channels, 1 + random.nextInt(9), 1 + random.nextInt(30), 1, 1);
      }
    }
  }

  /**
   * What a vector has of an image twice, or of its neighbour, doesn't count: infinity times zero is
   * NaN.
   */
  @Test
  void infinities() {
    for (int elements : new int[] {12, 37}) {
      float[] weights = new float[elements];
      Arrays.fill(weights, 1);
      float[] src = new float[3 * elements];
      Arrays.fill(src, Float.POSITIVE_INFINITY);
      Arrays.fill(src, elements, 2 * elements, Float.NaN);
      float[] dst = new float[3];
      FullyConnected layer = FullyConnected.builder().input(3, elements, 1, 1).outputs(1).build();
      layer.plan(weights).run(src, dst);
      assertEquals(Float.POSITIVE_INFINITY, dst[0]);
      assertEquals(Float.NaN, dst[1]);
      assertEquals(Float.POSITIVE_INFINITY, dst[2]);
    }
  }

  /** One image to many filters: units of tiles, all threads, and the weights given back. */
  @Test
  void vectors() {
    for (int filters : new int[] {33, 100, 257, 2000}) {
      for (int channels : new int[] {3 * Simd.LANES, 3 * Simd.LANES + 5, 200}) {
        Conv2d.Builder builder = Conv2d.builder().input(1, channels, 1, 1);
        checks.withoutUnfolding(builder.filters(filters, 1, 1));
        ConvShape shape = builder.build().shape();
        ConvProblem problem =
            new ConvProblem(shape, Layout.NHWC, Activation.NONE, Accuracy.STANDARD);
        float[] weights = floats(filters * channels);
        DenseVectorConv work = new DenseVectorConv(problem, weights, null);
        assertArrayEquals(weights, work.original().get());
      }
    }
  }

  /** One order of sums in tiles of any height. */
  @Test
  void bitsDependOnNoOtherImage() {
    for (int filters = 1; filters <= 34; filters++) {
      int channels = 100 + filters;
      float[] weights = floats(filters * channels);
      float[] src = floats(5 * channels);
      float[] together = new float[5 * filters];
      pointwise(5, channels, filters).plan(weights).run(src, together);
      for (int image = 0; image < 5; image++) {
        float[] alone = new float[filters];
        float[] one = Arrays.copyOfRange(src, image * channels, (image + 1) * channels);
        pointwise(1, channels, filters).plan(weights).run(one, alone);
        int at = image * filters;
        assertArrayEquals(Arrays.copyOfRange(together, at, at + filters), alone);
      }
    }
  }

  private static Conv2d pointwise(int batch, int channels, int filters) {
    return Conv2d.builder()
        .input(batch, channels, 1, 1)
        .filters(filters, 1, 1)
        .batchInvariant(true)
        .build();
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  @Test
  void choice() {
    assertEquals(DenseDotConv.class, chosen(Layout.NHWC, shape(64, 28, 1, 1, 1)));
    assertEquals(DenseDotConv.class, chosen(Layout.NHWC, shape(64, 28, 2, 2, 1)));
    Class<?> short1 = Simd.LANES < 8 ? DenseTapConv.class : DenseDotConv.class;
    assertEquals(short1, chosen(Layout.NHWC, shape(12, 28, 1, 1, 1)));
    assertEquals(DenseTapConv.class, chosen(Layout.NHWC, shape(12, 28, 1, 2, 1)));
    assertEquals(DenseTapConv.class, chosen(Layout.NHWC, shape(64, 28, 1, 9, 1)));
    Class<?> narrow = Simd.LANES < 8 ? DenseConv.class : DenseTapConv.class;
    assertEquals(DenseConv.class, chosen(Layout.NHWC, shape(20, 28, 2, 16, 1)));
    assertEquals(DenseConv.class, chosen(Layout.NHWC, shape(992, 47, 4, 248, 31)));
    assertEquals(narrow, chosen(Layout.NHWC, shape(1024, 28, 1, 64, 16)));
    assertEquals(DenseConv.class, chosen(Layout.NHWC, shape(200, 28, 1, 32, 1)));
    assertEquals(DenseDotConv.class, chosen(Layout.NCHW, shape(64, 1, 1, 2, 1)));
    int some = 2 * Simd.LANES;
    assertEquals(DenseVectorConv.class, chosen(Layout.NHWC, shape(512, 1, 1, some, 1)));
    Class<?> many = Simd.MANY_REGISTERS ? DenseTapConv.class : DenseVectorConv.class;
    assertEquals(many, chosen(Layout.NHWC, shape(64, 1, 1, some + 1, 1)));
    assertEquals(GroupedPointConv.class, chosen(Layout.NHWC, shape(2, 1, 1, some, 1)));
    assertEquals(GroupedPointConv.class, chosen(Layout.NHWC, shape(4, 28, 1, some, 1)));
    assertEquals(DenseTapConv.class, chosen(Layout.NHWC, shape(5, 28, 1, some, 1)));
    assertEquals(DenseTapConv.class, chosen(Layout.NHWC, shape(8, 14, 1, 16, 1)));
    assertEquals(DenseTapConv.class, chosen(Layout.NHWC, shape(32, 28, 1, 192, 1)));
    assertEquals(DenseTapConv.class, chosen(Layout.NHWC, shape(10, 28, 1, 64, 1)));
    assertEquals(DenseConv.class, chosen(Layout.NHWC, shape(20, 28, 2, 64, 1)));
    assertEquals(DenseTapConv.class, chosen(Layout.NHWC, shape(95, 28, 1, 64, 1)));
    assertEquals(DenseConv.class, chosen(Layout.NHWC, shape(96, 28, 1, 64, 1)));
    assertEquals(many, chosen(Layout.NCHW, shape(64, 1, 1, 64, 1)));
    assertEquals(GroupedPixelPointConv.class, chosen(Layout.NCHW, shape(407, 36, 2, 1, 1)));
    assertEquals(GroupedPixelPointConv.class, chosen(Layout.NCHW, shape(64, 14, 1, 9, 1)));
    assertEquals(GroupedPixelPointConv.class, chosen(Layout.NCHW, shape(92, 28, 1, 92, 4)));
    assertEquals(DensePixelConv.class, chosen(Layout.NCHW, shape(20, 28, 2, 64, 1)));
    assertEquals(DensePixelConv.class, chosen(Layout.NCHW, shape(256, 28, 1, 256, 1)));
    assertEquals(DenseConv.class, chosen(Layout.NCHW, shape(256, 7, 1, 256, 1)));
  }

  private static Class<?> chosen(Layout layout, ConvShape shape) {
    ConvProblem problem = new ConvProblem(shape, layout, Activation.NONE, Accuracy.STANDARD);
    float[] weights = new float[shape.weightsSize()];
    return AlgorithmList.pack(problem, Algorithm.AUTO, weights, null).work().getClass();
  }

  private static ConvShape shape(int channels, int size, int stride, int filters, int groups) {
    Axis axis = new Axis(size, 1, stride, 1, 0, 0);
    return new ConvShape(1, channels, axis, axis, filters, groups);
  }

  /** Of one group's channels and filters. */
  private void check(int stride, int channels, int height, int width, int filters, int groups) {
    checks.withoutUnfolding(
        Conv2d.builder()
            .input(1 + random.nextInt(2), groups * channels, height, width)
            .filters(groups * filters, 1, 1)
            .stride(1 + random.nextInt(stride), stride)
            .groups(groups));
  }
}
