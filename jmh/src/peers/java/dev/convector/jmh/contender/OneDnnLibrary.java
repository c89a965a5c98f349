package dev.convector.jmh.contender;

import dev.convector.Layout;
import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerClass;
import dev.convector.jmh.layer.Operation;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;

/**
 * oneDNN. Input and output lie in the layout of the variant, or in the one that the primitive likes
 * best; weights are in whatever order the primitive asks for, brought there ahead, and their
 * gradients left in it; scratch is ours, so that its size is known and no call allocates it. Fully
 * connected layers are its matrix product and its inner product, which are faster than its
 * convolution of one pixel.
 */
public final class OneDnnLibrary implements Library {
  /** Of a layout that is oneDNN's own choice. */
  private static final String ANY = "any";

  private static final String MATMUL = "matmul";
  private static final String INNER_PRODUCT = "inner-product";

  /** A convolution of images of one pixel, in either layout the same. */
  private static boolean isFullyConnected(Layer layer) {
    return layer.operation() == Operation.FORWARD
        && LayerClass.of(layer) == LayerClass.FULLY_CONNECTED
        && layer.weightElements() == layer.channels() * layer.filters();
  }

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public String version() {
    dnnl_version_t version = dnnl.dnnl_version();
    return version.major() + "." + version.minor() + "." + version.patch();
  }

  @Override
  public List<String> variants(Layer layer) {
    if (isFullyConnected(layer)) {
      List<String> variants = new ArrayList<>();
      for (String layout : List.of("NHWC", "NCHW")) {
        variants.addAll(List.of(layout + "/" + MATMUL, layout + "/" + INNER_PRODUCT));
      }
      return variants;
    }
    return switch (layer.operation()) {
      case FORWARD -> List.of("NHWC", "NCHW", ANY);
      case CIRCULAR, REFLECT, REPLICATE -> List.of();
      default -> List.of("NHWC", "NCHW");
    };
  }

  @Override
  public Contender prepare(ConvTask task, String variant, int threads) {
    if (variant.endsWith(MATMUL)) {
      return new OneDnnFullyConnected(task, threads, true);
    }
    if (variant.endsWith(INNER_PRODUCT)) {
      return new OneDnnFullyConnected(task, threads, false);
    }
    Layout layout = variant.equals(ANY) ? null : Layout.valueOf(variant);
    return switch (task.layer().operation()) {
      case FORWARD, VOLUME, TRANSPOSED -> new OneDnnConvolution(task, layout, threads);
      case BACKWARD_DATA -> new OneDnnBackwardData(task, layout, threads);
      case BACKWARD_WEIGHTS -> new OneDnnBackwardWeights(task, layout, threads);
      case MAX_POOL, AVERAGE_POOL, NEAREST, BILINEAR -> new OneDnnSampling(task, layout, threads);
      default -> throw new IllegalArgumentException("operation: " + task.layer().operation());
    };
  }

  @Override
  public List<String> variants(GemmSize size) {
    return List.of("packed");
  }

  @Override
  public Contender prepare(GemmTask task, String variant, int threads) {
    return new Product(task, threads);
  }

  private static final class Product extends OneDnnPrimitive {
    Product(GemmTask task, int threads) {
      super(threads);
      GemmSize size = task.size();
      long[] weightDims = {size.k(), size.n()};
      memory.format_tag rows = memory.format_tag.ab;
      memory.desc a = new memory.desc(new long[] {size.m(), size.k()}, F32, rows);
      memory.desc c = new memory.desc(new long[] {size.m(), size.n()}, F32, rows);
      var description =
          new matmul.primitive_desc(
              cpu,
              a,
              new memory.desc(weightDims, F32, memory.format_tag.any),
              c,
              attributes,
              false);
      arguments.put(dnnl.DNNL_ARG_SRC, filled(a, task.a()));
      arguments.put(
          dnnl.DNNL_ARG_WEIGHTS,
          reordered(new memory.desc(weightDims, F32, rows), task.b(), description.weights_desc()));
      ready(description, new matmul(description));
      writes(dnnl.DNNL_ARG_DST, c, size.m() * size.n());
    }

    @Override
    public float[] output() {
      return written();
    }
  }
}
