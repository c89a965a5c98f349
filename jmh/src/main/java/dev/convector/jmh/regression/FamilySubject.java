package dev.convector.jmh.regression;

import dev.convector.Conv2d;
import dev.convector.Conv3d;
import dev.convector.ConvTranspose2d;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import dev.convector.Plan;
import dev.convector.Pool2d;
import dev.convector.Upsample2d;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;

/** What has one input and one output beside a plain convolution. Loaded once for each version. */
public final class FamilySubject extends Pooled {
  private final Plan plan;
  private final Operation operation;
  private final float[] src;
  private final float[] dst;

  public FamilySubject(Case task, Operands data, int threads) {
    super(threads);
    operation = task.layer().operation();
    plan =
        switch (operation) {
          case BACKWARD_DATA -> conv(task).backwardData(data.weights());
          case TRANSPOSED ->
              ((ConvTranspose2d) new Words(ConvTranspose2d.builder()).filters(task).build())
                  .plan(data.weights(), data.bias());
          case VOLUME -> volume(task).plan(data.weights(), data.bias());
          case MAX_POOL, AVERAGE_POOL -> pool(task).plan();
          case NEAREST, BILINEAR -> upsample(task).plan();
          default -> conv(task).plan(data.weights(), data.bias());
        };
    src = data.src();
    dst = data.dst();
  }

  private static Conv2d conv(Case task) {
    Operation operation = task.layer().operation();
    Words words = new Words(Conv2d.builder()).filters(task);
    if (operation != Operation.BACKWARD_DATA) {
      words.set("paddingMode", PaddingMode.valueOf(operation.name()));
    }
    return (Conv2d) words.build();
  }

  private static Conv3d volume(Case task) {
    Layer l = task.layer();
    return (Conv3d)
        new Words(Conv3d.builder())
            .set("input", l.batch(), l.channels(), l.depth(), l.height(), l.width())
            .set("filters", l.filters(), l.kernelDepth(), l.kernelHeight(), l.kernelWidth())
            .set("stride", l.stride())
            .set("padding", l.padding())
            .set("dilation", l.dilation())
            .set("groups", l.groups())
            .set("layout", Layout.valueOf(task.layout()))
            .build();
  }

  private static Pool2d pool(Case task) {
    Layer l = task.layer();
    Words words =
        new Words(Pool2d.builder()).set("input", l.batch(), l.channels(), l.height(), l.width());
    if (l.operation() == Operation.MAX_POOL) {
      words.set("max");
    } else {
      words.set("average", false);
    }
    if (l.global()) {
      words.set("global").set("layout", Layout.valueOf(task.layout()));
    } else {
      words.set("kernel", l.kernelHeight(), l.kernelWidth()).window(task);
    }
    return (Pool2d) words.build();
  }

  private static Upsample2d upsample(Case task) {
    Layer l = task.layer();
    return (Upsample2d)
        new Words(Upsample2d.builder())
            .set("input", l.batch(), l.channels(), l.height(), l.width())
            .set("scale", (double) l.stride(), (double) l.stride())
            .set("layout", Layout.valueOf(task.layout()))
            .set(l.operation() == Operation.NEAREST ? "nearest" : "bilinear")
            .build();
  }

  @Override
  public void run(int calls) {
    for (int i = 0; i < calls; i++) {
      plan.run(src, dst, execution);
    }
  }

  @Override
  public String algorithm() {
    return operation.name();
  }
}
