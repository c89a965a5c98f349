package dev.convector.jmh;

import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import dev.convector.Gemm;
import dev.convector.GemmPlan;
import dev.convector.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;

/**
 * Convector itself: each layout with AUTO, with each algorithm forced, and "direct", which is what
 * AUTO would do without Winograd and is there only where AUTO chose Winograd.
 */
final class ConvectorLibrary implements Library {
  static final String DIRECT_ONLY = "direct";

  @Override
  public String name() {
    return "convector";
  }

  @Override
  public String version() {
    String version = Conv2d.class.getPackage().getImplementationVersion();
    return version == null ? "this build" : version;
  }

  @Override
  public boolean isNative() {
    return false;
  }

  @Override
  public List<String> variants(Layer layer) {
    List<String> variants = new ArrayList<>();
    for (Layout layout : List.of(Layout.NHWC, Layout.NCHW)) {
      Conv2d conv = layer.conv(layout);
      variants.add(layout + "/AUTO");
      if (winograd(conv.plan(new float[conv.shape().weightsSize()]).algorithm())) {
        variants.add(layout + "/" + DIRECT_ONLY);
      }
      for (Algorithm algorithm : Algorithm.values()) {
        if (algorithm != Algorithm.AUTO && conv.refusal(algorithm).isEmpty()) {
          variants.add(layout + "/" + algorithm);
        }
      }
    }
    return variants;
  }

  @Override
  public Contender prepare(ConvTask task, String variant, int threads) {
    String[] parts = variant.split("/");
    Layout layout = Layout.valueOf(parts[0]);
    Conv2d conv = task.layer().conv(layout);
    Algorithm algorithm =
        parts[1].equals(DIRECT_ONLY) ? withoutWinograd(conv) : Algorithm.valueOf(parts[1]);
    return new Convolution(task, layout, conv, algorithm, threads);
  }

  /** As in a network, with the weights packed ahead, and as a plain call that packs both sides. */
  @Override
  public List<String> variants(GemmSize size) {
    return List.of("packed", "plain");
  }

  @Override
  public Contender prepare(GemmTask task, String variant, int threads) {
    return new Product(task, variant.equals("packed"), threads);
  }

  private static boolean winograd(Algorithm algorithm) {
    return algorithm.name().startsWith("WINOGRAD");
  }

  private static Algorithm withoutWinograd(Conv2d conv) {
    return conv.refusal(Algorithm.DIRECT).isEmpty() ? Algorithm.DIRECT : Algorithm.IM2COL_GEMM;
  }

  /** Where a run takes place, with a pool of as many threads as the contender may use. */
  private abstract static class Pooled implements Contender {
    private final ForkJoinPool pool;
    final Execution execution;

    Pooled(int threads) {
      pool = threads == 1 ? null : new ForkJoinPool(threads);
      execution = threads == 1 ? Execution.serial() : Execution.on(pool);
    }

    @Override
    public final void close() {
      if (pool != null) {
        pool.close();
      }
    }
  }

  private static final class Convolution extends Pooled {
    private final ConvTask task;
    private final Layout layout;
    private final Conv2dPlan plan;
    private final float[] src;
    private final float[] dst;

    Convolution(ConvTask task, Layout layout, Conv2d conv, Algorithm algorithm, int threads) {
      super(threads);
      this.task = task;
      this.layout = layout;
      plan = conv.plan(task.weights(), task.bias(), algorithm);
      src = task.src(layout);
      dst = new float[conv.shape().outputSize()];
    }

    @Override
    public void run() {
      plan.run(src, dst, execution);
    }

    @Override
    public float[] output() {
      return task.toNchw(dst, layout);
    }

    @Override
    public String algorithm() {
      return plan.algorithm().name();
    }

    @Override
    public long workspaceBytes() {
      return plan.workspaceBytes() * execution.threads();
    }
  }

  private static final class Product extends Pooled {
    private final GemmTask task;
    private final Gemm gemm;
    private final GemmPlan plan;
    private final float[] c;

    Product(GemmTask task, boolean packed, int threads) {
      super(threads);
      this.task = task;
      GemmSize size = task.size();
      gemm = Gemm.builder().sizes(size.m(), size.n(), size.k()).build();
      plan = packed ? gemm.plan(task.b()) : null;
      c = new float[size.m() * size.n()];
    }

    @Override
    public void run() {
      if (plan == null) {
        gemm.run(task.a(), 0, task.b(), 0, c, 0, execution);
      } else {
        plan.run(task.a(), 0, c, 0, execution);
      }
    }

    @Override
    public float[] output() {
      return c.clone();
    }

    @Override
    public String algorithm() {
      return plan == null ? "packed in the call" : "packed ahead";
    }
  }
}
