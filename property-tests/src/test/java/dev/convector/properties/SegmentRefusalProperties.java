package dev.convector.properties;

import dev.convector.BackwardWeightsPlan;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import dev.convector.Gemm;
import dev.convector.Layout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import net.jqwik.api.Example;
import net.jqwik.api.Label;

@Label("segments that can't be used")
class SegmentRefusalProperties {
  private static final Execution SERIAL = Execution.serial();

  /** Rounds in which an arena is closed after another time. */
  private static final int CLOSINGS = 40;

  private final Conv2d conv = conv(1);
  private final Conv2dPlan plan = plan(conv);
  private final long inputBytes = 4L * plan.inputSize();
  private final long outputBytes = 4L * plan.outputSize();

  private static Conv2d conv(int batch) {
    return Conv2d.builder()
        .input(batch, 16, 14, 15)
        .filters(16, 3, 3)
        .padding(1)
        .layout(Layout.NHWC)
        .build();
  }

  private static Conv2dPlan plan(Conv2d conv) {
    return conv.plan(Member.floats(new Random(1), conv.shape().weightsSize()));
  }

  @Example
  @Label("are refused before anything is written, and the message names them")
  void refusals() throws InterruptedException {
    MemorySegment x = Arena.ofAuto().allocate(inputBytes);
    Memory.Guarded y = Memory.NATIVE.of(new float[plan.outputSize()], 0);
    MemorySegment dst = y.segment();
    refused(() -> plan.run(null, dst, SERIAL), "src");
    refused(() -> plan.run(x, (MemorySegment) null, SERIAL), "dst");
    refused(() -> plan.run(x, dst, null), "execution");
    refused(() -> plan.run(x.asSlice(1), dst, SERIAL), "src", (inputBytes - 1) + " bytes");
    refused(() -> plan.run(x, dst.asSlice(4), SERIAL), "dst", "must hold", outputBytes + " bytes");
    refused(() -> plan.run(x, x.asSlice(8, 8), dst, SERIAL), "residual", "8 bytes");
    refused(() -> plan.run(x, dst.asReadOnly(), SERIAL), "dst", "read-only");
    ForkJoinPool pool = new ForkJoinPool(1);
    pool.shutdown();
    refused(() -> plan.run(x, dst, Execution.on(pool)), "execution", "shut down");
    overlaps(Arena.ofAuto().allocate(3 * inputBytes));
    overlaps(MemorySegment.ofArray(new float[3 * plan.inputSize()]));
    overlaps(MemorySegment.ofArray(new byte[(int) (3 * inputBytes)]));
    confined(x, dst);
    requireUntouched(y);
  }

  private void overlaps(MemorySegment all) {
    MemorySegment src = all.asSlice(0, inputBytes);
    MemorySegment near = all.asSlice(inputBytes - 4, outputBytes);
    MemorySegment apart = all.asSlice(inputBytes, outputBytes);
    MemorySegment beside = all.asSlice(inputBytes + 4, outputBytes);
    refused(() -> plan.run(src, near, SERIAL), "src", "must not overlap", "dst");
    refused(() -> plan.run(src.asReadOnly(), near, SERIAL), "src", "must not overlap", "dst");
    refused(() -> plan.run(src, beside, apart, SERIAL), "residual", "must not overlap", "dst");
    plan.run(src, apart, apart, SERIAL);
    plan.run(src, apart.asReadOnly(), apart, SERIAL);
    // Longer than what is used of it.
    plan.run(all, null, all.asSlice(inputBytes, outputBytes), SERIAL);
  }

  /** To another thread: refused; to the caller: the run is its own, on whatever pool. */
  private void confined(MemorySegment x, MemorySegment dst) throws InterruptedException {
    MemorySegment theirs = ofAnotherThread(inputBytes);
    refused(() -> plan.run(theirs, dst, SERIAL), "src", "confined to another thread");
    refused(() -> plan.run(x, theirs, SERIAL), "dst", "confined to another thread");
    MemorySegment shared = Arena.ofAuto().allocate(outputBytes);
    MemorySegment src;
    try (Arena mine = Arena.ofConfined()) {
      src = mine.allocate(inputBytes);
      MemorySegment result = mine.allocate(outputBytes);
      for (SharingPool pool : SharingPool.ALL) {
        requireAlone(
            pool,
            () -> plan.run(src, result, Execution.on(pool)),
            () -> plan.run(x, shared, Execution.on(pool)));
      }
    }
    closed(() -> plan.run(src, dst, SERIAL), "src: its arena is closed");
  }

  /**
   * @param shared the same on memory that all may access, which helpers share
   */
  private static void requireAlone(SharingPool pool, Runnable confined, Runnable shared) {
    if (pool.share(confined, () -> {}) > 0) {
      throw new AssertionError("helpers of a run on confined segments");
    }
    if (pool.share(shared, () -> {}) == 0) {
      throw new AssertionError("no helpers of a run on shared segments");
    }
  }

  @Example
  @Label("so are those of weights' gradients")
  void refusalsOfGradients() throws InterruptedException {
    BackwardWeightsPlan gradients = conv.backwardWeights();
    MemorySegment x = Arena.ofAuto().allocate(inputBytes);
    MemorySegment y = Arena.ofAuto().allocate(outputBytes);
    Memory.Guarded w = Memory.NATIVE.of(new float[gradients.weightsSize()], 0);
    Memory.Guarded b = Memory.NATIVE.of(new float[gradients.biasSize()], 0);
    MemorySegment dw = w.segment();
    MemorySegment db = b.segment();
    refused(() -> gradients.run(null, y, dw, db, SERIAL), "input");
    refused(() -> gradients.run(x, null, dw, db, SERIAL), "outputGradient");
    refused(() -> gradients.run(x, y, null, db, SERIAL), "weightsGradient");
    refused(() -> gradients.run(x, y, dw, db, null), "execution");
    refused(() -> gradients.run(x.asSlice(1), y, dw, db, SERIAL), "input", inputBytes + " bytes");
    refused(() -> gradients.run(x, y.asSlice(9), dw, db, SERIAL), "outputGradient", "must hold");
    refused(() -> gradients.run(x, y, dw.asSlice(4), db, SERIAL), "weightsGradient", "must hold");
    refused(() -> gradients.run(x, y, dw, db.asSlice(1), SERIAL), "biasGradient", "must hold");
    refused(() -> gradients.run(x, y, dw.asReadOnly(), db, SERIAL), "weightsGradient", "read-only");
    refused(() -> gradients.run(x, y, dw, db.asReadOnly(), SERIAL), "biasGradient", "read-only");
    String overlap = "must not overlap";
    refused(() -> gradients.run(x, y, x.asSlice(4), db, SERIAL), "input", overlap, "weights");
    refused(() -> gradients.run(x, y, y, db, SERIAL), "outputGradient", overlap, "weights");
    refused(() -> gradients.run(x, y, dw, x.asSlice(8), SERIAL), "input", overlap, "bias");
    refused(() -> gradients.run(x, y, dw, y, SERIAL), "outputGradient", overlap, "bias");
    refused(() -> gradients.run(x, y, dw, dw, SERIAL), "biasGradient", overlap, "weightsGradient");
    MemorySegment theirs = ofAnotherThread(inputBytes);
    refused(() -> gradients.run(x, y, theirs, db, SERIAL), "weightsGradient", "another thread");
    refused(() -> gradients.run(x, y, dw, theirs, SERIAL), "biasGradient", "another thread");
    requireUntouched(w);
    requireUntouched(b);
  }

  @Example
  @Label("of which one is confined to the caller make a weights' gradient its own")
  void confinedGradients() {
    BackwardWeightsPlan gradients =
        Conv2d.builder()
            .input(1, 64, 6, 7)
            .filters(64, 3, 3)
            .layout(Layout.NHWC)
            .build()
            .backwardWeights();
    MemorySegment x = Arena.ofAuto().allocate(4L * gradients.inputSize());
    MemorySegment y = Arena.ofAuto().allocate(4L * gradients.outputSize());
    MemorySegment dw = Arena.ofAuto().allocate(4L * gradients.weightsSize());
    MemorySegment db = Arena.ofAuto().allocate(4L * gradients.biasSize());
    MemorySegment mine;
    try (Arena arena = Arena.ofConfined()) {
      mine = arena.allocate(4L * gradients.biasSize());
      for (SharingPool pool : SharingPool.ALL) {
        requireAlone(
            pool,
            () -> gradients.run(x, y, dw, mine, Execution.on(pool)),
            () -> gradients.run(x, y, dw, db, Execution.on(pool)));
      }
    }
    closed(() -> gradients.run(x, y, dw, mine, SERIAL), "biasgradient: its arena is closed");
  }

  @Example
  @Label("so are those of products")
  void refusalsOfProducts() throws InterruptedException {
    Gemm gemm = Gemm.builder().sizes(5, 6, 7).leadingDimensions(9, 8, 10).build();
    MemorySegment a = Arena.ofAuto().allocate(4L * (4 * 9 + 7));
    MemorySegment b = Arena.ofAuto().allocate(4L * (6 * 8 + 6));
    Memory.Guarded result = Memory.NATIVE.of(new float[4 * 10 + 6], 0);
    MemorySegment c = result.segment();
    refused(() -> gemm.run(null, b, c, SERIAL), "a");
    refused(() -> gemm.run(a, null, c, SERIAL), "b");
    refused(() -> gemm.run(a, b, (MemorySegment) null, SERIAL), "c");
    refused(() -> gemm.run(a, b, c, null), "execution");
    refused(() -> gemm.run(a.asSlice(1), b, c, SERIAL), "a: ", "must hold");
    refused(() -> gemm.run(a, b.asSlice(1), c, SERIAL), "b: ", "must hold");
    refused(() -> gemm.run(a, b, c.asSlice(1), SERIAL), "c: ", "must hold");
    refused(() -> gemm.run(a, b, c.asReadOnly(), SERIAL), "c: ", "read-only");
    MemorySegment all = Arena.ofAuto().allocate(1024);
    refused(() -> gemm.run(all, b, all.asSlice(4), SERIAL), "a: ", "must not overlap");
    refused(() -> gemm.run(a, all, all.asSlice(4), SERIAL), "b: ", "must not overlap");
    MemorySegment theirs = ofAnotherThread(1024);
    refused(() -> gemm.run(a, theirs, c, SERIAL), "b: ", "confined to another thread");
    requireUntouched(result);
  }

  private static MemorySegment ofAnotherThread(long bytes) throws InterruptedException {
    MemorySegment[] theirs = new MemorySegment[1];
    Thread other = Thread.ofPlatform().start(() -> theirs[0] = Arena.ofConfined().allocate(bytes));
    other.join();
    return theirs[0];
  }

  private static void requireUntouched(Memory.Guarded result) {
    result.require("a refused run");
    for (float value : result.content()) {
      if (value != 0) {
        throw new AssertionError("a refused run wrote");
      }
    }
  }

  private static void refused(Runnable run, String... words) {
    Refusals.require(run, "a run", "segments", words);
  }

  private static void closed(Runnable run, String words) {
    try {
      run.run();
    } catch (IllegalStateException expected) {
      if (!expected.getMessage().toLowerCase().contains(words)) {
        throw new AssertionError("the message doesn't say '" + words + "'", expected);
      }
      return;
    }
    throw new AssertionError("a closed arena is accepted");
  }

  @Example
  @Label("of an arena that is closed in mid-run end it with an exception, on every pool")
  void closedMeanwhile() throws InterruptedException {
    Conv2dPlan large = plan(conv(40));
    int ended = 0;
    for (int i = 0; i < CLOSINGS; i++) {
      Execution execution = Threads.values()[i % Threads.values().length].execution;
      Arena arena = Arena.ofShared();
      MemorySegment x = arena.allocate(4L * large.inputSize());
      MemorySegment y = arena.allocate(4L * large.outputSize());
      long nanos = 20_000L * i;
      Thread closes =
          Thread.ofPlatform()
              .start(
                  () -> {
                    long end = System.nanoTime() + nanos;
                    while (System.nanoTime() < end) {
                      Thread.onSpinWait();
                    }
                    close(arena);
                  });
      try {
        while (true) {
          large.run(x, y, execution);
        }
      } catch (IllegalStateException expected) {
        ended++;
        // HotSpot interrupts a thread that it takes out of a copy.
        Thread.interrupted();
      }
      closes.join();
    }
    if (ended != CLOSINGS) {
      throw new AssertionError(ended + " of " + CLOSINGS + " runs ended with an exception");
    }
    // The plan is as before.
    float[] src = Member.floats(new Random(3), large.inputSize());
    new SegmentCheck(3, Threads.POOL_3, large)
        .require(
            src,
            large.outputSize(),
            Residual.NONE,
            (a, r, b, e) -> large.run(a, b, e),
            (a, r, b, e) -> large.run(a, b, e));
  }

  /** Again while a copy is under way, for which closing is refused. */
  private static void close(Arena arena) {
    while (arena.scope().isAlive()) {
      try {
        arena.close();
      } catch (IllegalStateException acquired) {
        Thread.onSpinWait();
      }
    }
  }
}
