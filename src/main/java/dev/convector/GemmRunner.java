package dev.convector;

import dev.convector.internal.gemm.GemmShape;
import dev.convector.internal.gemm.GemmTask;
import dev.convector.internal.gemm.PackedMatrix;
import dev.convector.internal.parallel.ObjectPool;
import java.util.Objects;

/** Runs products of one shape; keeps the objects of its runs, so that a run allocates nothing. */
final class GemmRunner {
  private final GemmShape shape;
  private final ObjectPool<GemmTask> tasks;

  /** A null matrix means that each run brings its own. */
  GemmRunner(GemmShape shape, PackedMatrix packed) {
    this.shape = shape;
    this.tasks = new ObjectPool<>(() -> new GemmTask(shape, packed));
  }

  int aSize() {
    return shape.aSize();
  }

  int cSize() {
    return shape.cSize();
  }

  /** Checks what is left to check, and multiplies. */
  void run(
      float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset, Execution execution) {
    Arguments.range("a", a, aOffset, shape.aSize());
    Arguments.range("c", c, cOffset, shape.cSize());
    Arguments.apart("a", a, aOffset, shape.aSize(), "c", c, cOffset, shape.cSize());
    Objects.requireNonNull(execution, "execution").requireOpen();
    GemmTask task = tasks.take();
    try {
      task.run(a, aOffset, b, bOffset, c, cOffset, execution.poolOrNull(), execution.threads());
    } finally {
      tasks.give(task);
    }
  }
}
