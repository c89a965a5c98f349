package dev.convector.properties;

import dev.convector.Algorithm;
import dev.convector.BackwardWeightsPlan;
import dev.convector.Conv1d;
import dev.convector.Conv1dPlan;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Conv3d;
import dev.convector.Conv3dPlan;
import dev.convector.ConvTranspose2d;
import dev.convector.ConvTranspose2dPlan;
import dev.convector.DepthwiseSeparable2d;
import dev.convector.Execution;
import dev.convector.FullyConnected;
import dev.convector.Gemm;
import dev.convector.GemmPlan;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import dev.convector.Plan;
import dev.convector.Pool2d;
import dev.convector.Unfold;
import dev.convector.Upsample2d;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/**
 * The members of the family, for properties that all of them have. A seed stands for sizes, options
 * and weights: they are the same for any number of images and in either layout.
 */
enum Member {
  CONV1D {
    @Override
    Made make(Random r, int batch, Layout layout) {
      int groups = groups(r);
      int channels = groups * channels(r);
      int filters = groups * channels(r);
      Conv1d conv =
          Conv1d.builder()
              .input(batch, channels, 20 + r.nextInt(30))
              .filters(filters, 1 + r.nextInt(5))
              .groups(groups)
              .padding(r.nextInt(3), r.nextInt(3))
              .layout(layout)
              .build();
      Algorithm algorithm = algorithm(r, conv::refusal);
      float[] weights = floats(r, conv.shape().weightsSize());
      Conv1dPlan plan = conv.plan(weights, floats(r, filters), algorithm);
      return new Made(plan, plan.algorithm(), channels, filters);
    }
  },

  CONV2D {
    @Override
    Made make(Random r, int batch, Layout layout) {
      Conv2d conv = conv2d(r, batch, layout);
      Algorithm algorithm = algorithm(r, conv::refusal);
      float[] weights = floats(r, conv.shape().weightsSize());
      float[] bias = floats(r, conv.shape().filters());
      Conv2dPlan plan = conv.plan(weights, bias, algorithm);
      return new Made(plan, plan.algorithm(), conv.shape().channels(), conv.shape().filters());
    }
  },

  CONV3D {
    @Override
    Made make(Random r, int batch, Layout layout) {
      int groups = groups(r);
      Conv3d conv =
          Conv3d.builder()
              .input(batch, groups * channels(r), 3, 3 + r.nextInt(5), 3 + r.nextInt(8))
              .filters(groups * channels(r), 1 + r.nextInt(3), 1 + r.nextInt(3), 3)
              .groups(groups)
              .padding(r.nextInt(2), r.nextInt(2), r.nextInt(2))
              .layout(layout)
              .build();
      Algorithm algorithm = algorithm(r, conv::refusal);
      float[] weights = floats(r, conv.shape().weightsSize());
      Conv3dPlan plan = conv.plan(weights, null, algorithm);
      return new Made(plan, plan.algorithm(), conv.shape().channels(), conv.shape().filters());
    }
  },

  CONV_TRANSPOSE2D {
    @Override
    Made make(Random r, int batch, Layout layout) {
      int groups = groups(r);
      ConvTranspose2d conv =
          ConvTranspose2d.builder()
              .input(batch, groups * channels(r), 3 + r.nextInt(7), 3 + r.nextInt(9))
              .filters(groups * channels(r), 1 + r.nextInt(4), 1 + r.nextInt(4))
              .stride(1 + r.nextInt(2))
              .groups(groups)
              .batchInvariant(true)
              .layout(layout)
              .build();
      Algorithm algorithm = algorithm(r, conv::refusal);
      float[] weights = floats(r, conv.shape().weightsSize());
      float[] bias = floats(r, conv.shape().filters());
      ConvTranspose2dPlan plan = conv.plan(weights, bias, algorithm);
      return new Made(plan, plan.algorithm(), conv.shape().channels(), conv.shape().filters());
    }
  },

  BACKWARD_DATA {
    @Override
    Made make(Random r, int batch, Layout layout) {
      Conv2d conv = conv2d(r, batch, layout);
      return new Made(
          conv.backwardData(floats(r, conv.shape().weightsSize())),
          Algorithm.AUTO,
          conv.shape().filters(),
          conv.shape().channels());
    }
  },

  BACKWARD_WEIGHTS {
    @Override
    Made make(Random r, int batch, Layout layout) {
      Conv2d conv = conv2d(r, batch, layout);
      BackwardWeightsPlan plan = conv.backwardWeights();
      int input = conv.shape().inputSize();
      int all = input + conv.shape().outputSize();
      return new Made(
          (src, dst, execution) ->
              plan.run(
                  Arrays.copyOf(src, input),
                  Arrays.copyOfRange(src, input, all),
                  dst,
                  null,
                  execution),
          conv + " weights",
          Algorithm.AUTO,
          all,
          conv.shape().weightsSize(),
          0,
          0);
    }

    @Override
    boolean hasImages() {
      return false;
    }
  },

  SEPARABLE {
    @Override
    Made make(Random r, int batch, Layout layout) {
      int channels = 1 + r.nextInt(40);
      int filters = channels(r);
      DepthwiseSeparable2d conv =
          DepthwiseSeparable2d.builder()
              .input(batch, channels, 4 + r.nextInt(9), 4 + r.nextInt(20))
              .kernel(3, 3)
              .stride(1 + r.nextInt(2))
              .padding(1)
              .filters(filters)
              .layout(layout)
              .build();
      return new Made(
          conv.plan(
              floats(r, channels * 9),
              floats(r, channels),
              floats(r, filters * channels),
              floats(r, filters)),
          Algorithm.AUTO,
          channels,
          filters);
    }
  },

  FULLY_CONNECTED {
    @Override
    Made make(Random r, int batch, Layout layout) {
      return fullyConnected(r, batch, true);
    }
  },

  /** A fully connected layer of one image, whose bits may differ from those in a batch. */
  VECTOR {
    @Override
    Made make(Random r, int batch, Layout layout) {
      return fullyConnected(r, 1, false);
    }

    @Override
    boolean hasImages() {
      return false;
    }
  },

  GEMM {
    @Override
    Made make(Random r, int batch, Layout layout) {
      int n = 1 + r.nextInt(70);
      int k = 1 + r.nextInt(2000);
      Gemm gemm = Gemm.builder().sizes(batch, n, k).alpha(1.5f).build();
      GemmPlan plan = gemm.plan(floats(r, k * n));
      return new Made(
          (src, dst, execution) -> plan.run(src, 0, dst, 0, execution),
          gemm.toString(),
          Algorithm.AUTO,
          batch * k,
          batch * n,
          k,
          n);
    }
  },

  POOL {
    @Override
    Made make(Random r, int batch, Layout layout) {
      return made(pool(r, batch, layout).plan());
    }
  },

  POOL_BACKWARD {
    @Override
    Made make(Random r, int batch, Layout layout) {
      Pool2d pool = pool(r, batch, layout);
      return pool.isMax() ? made(pool.plan()) : made(pool.backward());
    }
  },

  UPSAMPLE {
    @Override
    Made make(Random r, int batch, Layout layout) {
      Upsample2d.Builder builder =
          Upsample2d.builder()
              .input(batch, CHANNELS, 3 + r.nextInt(9), 3 + r.nextInt(20))
              .scale(0.5 + r.nextInt(5) / 2.0, 0.5 + r.nextInt(5) / 2.0)
              .layout(layout);
      builder = r.nextBoolean() ? builder.bilinear() : builder.bicubic();
      return made(r.nextBoolean() ? builder.build().plan() : builder.build().backward());
    }
  },

  UNFOLD {
    @Override
    Made make(Random r, int batch, Layout layout) {
      return made(
          Unfold.builder()
              .input(batch, CHANNELS, 3 + r.nextInt(9), 3 + r.nextInt(20))
              .kernel(3, 3)
              .padding(1)
              .layout(layout)
              .build()
              .plan());
    }
  };

  private static final int CHANNELS = 17;

  /** What is run. */
  interface Runner {
    void run(float[] src, float[] dst, Execution execution);
  }

  /**
   * A plan and its sizes. Channels of the input and filters of the output are 0 where there are no
   * images; the algorithm is AUTO where the plan tells none.
   */
  record Made(
      Runner runner,
      String text,
      Algorithm algorithm,
      int inputSize,
      int outputSize,
      int channels,
      int filters) {
    Made(Plan plan, Algorithm algorithm, int channels, int filters) {
      this(
          plan::run,
          plan.toString(),
          algorithm,
          plan.inputSize(),
          plan.outputSize(),
          channels,
          filters);
    }

    float[] run(float[] src, Execution execution) {
      float[] dst = new float[outputSize];
      runner.run(src, dst, execution);
      return dst;
    }
  }

  abstract Made make(Random r, int batch, Layout layout);

  Made make(long seed, int batch, Layout layout) {
    return make(new Random(seed), batch, layout);
  }

  /** Whether the output has an image for each of the input. */
  boolean hasImages() {
    return true;
  }

  static float[] floats(Random r, int size) {
    float[] values = new float[size];
    Values.FLOATS.fill(r, values, 0, size);
    return values;
  }

  private static Made fullyConnected(Random r, int batch, boolean batchInvariant) {
    int inputs = 1 + r.nextInt(2000);
    int outputs = 1 + r.nextInt(70);
    FullyConnected layer =
        FullyConnected.builder()
            .input(batch, inputs)
            .outputs(outputs)
            .batchInvariant(batchInvariant)
            .build();
    float[] weights = floats(r, inputs * outputs);
    return new Made(layer.plan(weights, floats(r, outputs)), Algorithm.AUTO, inputs, outputs);
  }

  private static Made made(Plan plan) {
    return new Made(plan, Algorithm.AUTO, CHANNELS, CHANNELS);
  }

  private static int groups(Random r) {
    return r.nextInt(3) > 0 ? 1 : 2 + r.nextInt(8);
  }

  private static int channels(Random r) {
    return new int[] {1, 3, 8, 16, 17, 20, 33, 130}[r.nextInt(8)];
  }

  private static Conv2d conv2d(Random r, int batch, Layout layout) {
    int groups = groups(r);
    int kernel = new int[] {1, 3, 3, 3, 5}[r.nextInt(5)];
    int pad = r.nextInt(kernel / 2 + 1);
    PaddingMode[] modes = PaddingMode.values();
    return Conv2d.builder()
        .input(batch, groups * channels(r), 5 + r.nextInt(5), 5 + r.nextInt(14))
        .filters(groups * channels(r), kernel, kernel)
        .groups(groups)
        .stride(r.nextInt(3) > 0 ? 1 : 2)
        .padding(pad)
        .paddingMode(r.nextInt(3) > 0 ? PaddingMode.ZEROS : modes[r.nextInt(modes.length)])
        .batchInvariant(true)
        .layout(layout)
        .build();
  }

  private static Pool2d pool(Random r, int batch, Layout layout) {
    Pool2d.Builder builder = Pool2d.builder();
    builder = r.nextBoolean() ? builder.max() : builder.average(r.nextBoolean());
    return builder
        .input(batch, CHANNELS, 4 + r.nextInt(9), 4 + r.nextInt(20))
        .kernel(3, 3)
        .stride(1 + r.nextInt(2))
        .padding(1)
        .layout(layout)
        .build();
  }

  /** Any that accepts, often AUTO. */
  private static Algorithm algorithm(Random r, Function<Algorithm, Optional<String>> refusal) {
    Algorithm any = Algorithm.values()[r.nextInt(Algorithm.values().length)];
    return refusal.apply(any).isEmpty() ? any : Algorithm.AUTO;
  }
}
