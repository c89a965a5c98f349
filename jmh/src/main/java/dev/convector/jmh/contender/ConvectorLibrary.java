package dev.convector.jmh.contender;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Gemm;
import dev.convector.GemmPlan;
import dev.convector.Layout;
import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Convector itself: each layout with AUTO, with each algorithm forced, and where they differ from
 * it also what AUTO does under other bounds of accuracy, "direct" (no Winograd) and "relaxed".
 * "serial" is AUTO on one thread whatever the others have, so that what threads gain is a ratio
 * within one JVM.
 */
public final class ConvectorLibrary implements Library {
  public static final String SERIAL = "serial";
  private static final String AUTO = "AUTO";
  private static final Map<String, Accuracy> BOUNDS =
      Map.of("direct", Accuracy.STRICT, "relaxed", Accuracy.RELAXED);

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
      variants.add(layout + "/" + AUTO);
      variants.add(layout + "/" + SERIAL);
      if (layer.operation() != Operation.FORWARD) {
        continue;
      }
      Algorithm chosen = chosen(layer, layout, Accuracy.STANDARD);
      for (var bound : new TreeMap<>(BOUNDS).entrySet()) {
        if (chosen(layer, layout, bound.getValue()) != chosen) {
          variants.add(layout + "/" + bound.getKey());
        }
      }
      Conv2d any = layer.conv(layout, Accuracy.RELAXED);
      for (Algorithm algorithm : Algorithm.values()) {
        if (algorithm != Algorithm.AUTO && any.refusal(algorithm).isEmpty()) {
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
    int allowed = parts[1].equals(SERIAL) ? 1 : threads;
    return switch (task.layer().operation()) {
      case FORWARD, CIRCULAR, REFLECT, REPLICATE -> convolution(task, layout, parts[1], allowed);
      case BACKWARD_WEIGHTS -> new ConvectorBackwardWeights(task, layout, allowed);
      default -> new ConvectorOperation(task, layout, allowed);
    };
  }

  private static Convolution convolution(ConvTask task, Layout layout, String way, int threads) {
    boolean forced = !way.equals(AUTO) && !way.equals(SERIAL) && !BOUNDS.containsKey(way);
    Accuracy accuracy = forced ? Accuracy.RELAXED : BOUNDS.getOrDefault(way, Accuracy.STANDARD);
    Conv2d conv = task.layer().conv(layout, accuracy);
    Algorithm algorithm = forced ? Algorithm.valueOf(way) : Algorithm.AUTO;
    return new Convolution(task, layout, conv, algorithm, threads);
  }

  private static Algorithm chosen(Layer layer, Layout layout, Accuracy accuracy) {
    Conv2d conv = layer.conv(layout, accuracy);
    return conv.plan(new float[conv.shape().weightsSize()]).algorithm();
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

  private static final class Convolution extends ConvectorContender {
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

  private static final class Product extends ConvectorContender {
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

  @Override
  public boolean runsNetworks() {
    return true;
  }

  @Override
  public Contender prepare(NetworkTask task, int threads) {
    return new ConvectorNetwork(task, threads);
  }
}
