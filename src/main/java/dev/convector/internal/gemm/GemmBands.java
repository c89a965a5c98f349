package dev.convector.internal.gemm;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.ObjectPool;
import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitTask;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.stage.Tensor;
import java.util.concurrent.ForkJoinPool;

/**
 * A product with a packed right operand whose other matrices are not in arrays: bands of their rows
 * are copied to scratch, multiplied there by one thread, and the result's copied back. No sum
 * depends on how many rows there are, so the bits are those of the whole product.
 */
public final class GemmBands implements UnitTask {
  /** Floats of a band, if it has more than one row. */
  private static final int MOST_FLOATS = AlignedFloats.LEAST - 2 * AlignedFloats.LINE;

  private static final Scratch.Slot<Band> BANDS = new Scratch.Slot<>(Band::new);

  private final GemmShape shape;
  private final ParallelRun parallel = new ParallelRun();
  private final Tensor a = new Tensor();
  private final Tensor c = new Tensor();
  private final int rows;
  private final int bands;

  /** For all bands but the last, which may have fewer rows. */
  private final ObjectPool<GemmTask> whole;

  private final ObjectPool<GemmTask> last;

  public GemmBands(GemmShape shape, PackedMatrix packed) {
    this.shape = shape;
    int fitting = Math.max(1, MOST_FLOATS / (shape.k() + shape.n()));
    int block = Blocking.blockRows(Math.min(shape.k(), Blocking.KC));
    this.rows = Math.min(shape.m(), Math.min(fitting, block));
    this.bands = Math.ceilDiv(shape.m(), rows);
    this.whole = tasks(rows, packed);
    this.last = tasks(shape.m() - (bands - 1) * rows, packed);
  }

  private ObjectPool<GemmTask> tasks(int count, PackedMatrix packed) {
    GemmShape band = shape.band(count);
    return new ObjectPool<>(() -> new GemmTask(band, packed));
  }

  /** The left operand. */
  public Tensor a() {
    return a;
  }

  /** The result. */
  public Tensor c() {
    return c;
  }

  /** Multiplies; operands have been checked, and are let go of. */
  public void run(ForkJoinPool pool, int available) {
    long moved = (long) shape.m() * shape.k() + (long) shape.k() * shape.n();
    int threads = Split.threads(shape.multiplyAdds(), moved, available);
    try {
      parallel.run(this, bands, pool, threads, 0, 0);
    } finally {
      a.clear();
      c.clear();
    }
  }

  @Override
  public void run(int unit, Scratch scratch) {
    Band band = scratch.get(BANDS);
    int first = unit * rows;
    int count = Math.min(rows, shape.m() - first);
    int cAt = AlignedFloats.next(AlignedFloats.FIRST + count * shape.k());
    float[] floats = band.reserve(cAt + count * shape.n());
    read(first, count, floats);
    for (int i = 0; shape.beta() != 0 && i < count; i++) {
      c.read((first + i) * shape.ldc(), floats, cAt + i * shape.n(), shape.n());
    }
    ObjectPool<GemmTask> tasks = unit == bands - 1 ? last : whole;
    GemmTask task = tasks.take();
    try {
      task.run(floats, AlignedFloats.FIRST, null, 0, floats, cAt, null, 1);
    } finally {
      tasks.give(task);
    }
    for (int i = 0; i < count; i++) {
      c.write(floats, cAt + i * shape.n(), (first + i) * shape.ldc(), shape.n());
    }
  }

  private void read(int first, int count, float[] floats) {
    if (shape.transposeA()) {
      for (int k = 0; k < shape.k(); k++) {
        a.read(k * shape.lda() + first, floats, AlignedFloats.FIRST + k * count, count);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      int at = AlignedFloats.FIRST + i * shape.k();
      a.read((first + i) * shape.lda(), floats, at, shape.k());
    }
  }

  /** A worker's copy of a band. */
  private static final class Band implements Scratch.Kept {
    private float[] floats = {};

    /** It is the worker's. */
    @Override
    public void clear() {}

    float[] reserve(int size) {
      if (floats.length < size) {
        floats = new float[Math.max(size, AlignedFloats.LEAST)];
      }
      return floats;
    }
  }
}
