package dev.convector;

import dev.convector.internal.gemm.GemmShape;
import dev.convector.internal.gemm.GemmTask;
import dev.convector.internal.gemm.PackedMatrix;
import dev.convector.internal.parallel.ObjectPool;
import dev.convector.internal.stage.WholeCopies;
import dev.convector.internal.stage.WholeOperand;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Runs products of one shape; keeps the objects of its runs, so that a run allocates nothing. */
final class GemmRunner {
  private final GemmShape shape;
  private final ObjectPool<GemmTask> tasks;

  /** Of left, right and result. */
  private final ObjectPool<WholeCopies> copies;

  /** A null matrix means that each run brings its own. */
  GemmRunner(GemmShape shape, PackedMatrix packed) {
    this.shape = shape;
    this.tasks = new ObjectPool<>(() -> new GemmTask(shape, packed));
    this.copies = new ObjectPool<>(() -> copies(shape));
  }

  private static WholeCopies copies(GemmShape shape) {
    return new WholeCopies(
        new WholeOperand(shape.aSize()),
        new WholeOperand(shape.bSize()),
        new WholeOperand(shape.m(), shape.n(), shape.ldc()));
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
    multiply(a, aOffset, b, bOffset, c, cOffset, execution);
  }

  private void multiply(
      float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset, Execution execution) {
    GemmTask task = tasks.take();
    try {
      task.run(a, aOffset, b, bOffset, c, cOffset, execution.poolOrNull(), execution.threads());
    } finally {
      tasks.give(task);
    }
  }

  /** The same of segments, where each run brings its right matrix. */
  void run(MemorySegment a, MemorySegment b, MemorySegment c, Execution execution) {
    SegmentArguments.readable("a", a, shape.aSize());
    SegmentArguments.readable("b", b, shape.bSize());
    SegmentArguments.writable("c", c, shape.cSize());
    SegmentArguments.apart("a", a, shape.aSize(), "c", c, shape.cSize());
    SegmentArguments.apart("b", b, shape.bSize(), "c", c, shape.cSize());
    Objects.requireNonNull(execution, "execution").requireOpen();
    Execution where = SegmentArguments.execution(execution, a, b, c, null);
    WholeCopies run = copies.take();
    try {
      WholeOperand left = SegmentArguments.place(run.operand(0), a, true, false);
      WholeOperand right = SegmentArguments.place(run.operand(1), b, true, false);
      WholeOperand result = SegmentArguments.place(run.operand(2), c, shape.beta() != 0, true);
      run.bring(where.poolOrNull(), where.threads());
      multiply(
          left.array(),
          left.offset(),
          right.array(),
          right.offset(),
          result.array(),
          result.offset(),
          where);
      run.takeBack(where.poolOrNull(), where.threads());
    } finally {
      run.clear();
      copies.give(run);
    }
  }
}
