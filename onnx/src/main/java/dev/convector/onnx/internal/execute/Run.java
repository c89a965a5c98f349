package dev.convector.onnx.internal.execute;

import dev.convector.Execution;
import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitTask;
import dev.convector.onnx.internal.execute.Storage.Kind;
import java.util.concurrent.ForkJoinPool;

/** One run in progress: its buffers and its threads. Kept and used again; not thread-safe. */
public final class Run implements UnitTask {
  /** Parts for each thread: enough that one thread's delay can be made up by the others. */
  private static final int PARTS_PER_THREAD = 4;

  private static final float[] NO_FLOATS = {};
  private static final long[] NO_LONGS = {};

  private final ParallelRun parallel = new ParallelRun();
  private float[] floats = NO_FLOATS;
  private long[] longs = NO_LONGS;
  private Object[] inputs;
  private Object[] outputs;
  private Execution execution;
  private SplitStep split;
  private int parts;

  /** Makes the arenas at least as large as a network needs them. */
  public void reserve(int floatsNeeded, int longsNeeded) {
    if (floats.length < floatsNeeded) {
      floats = NO_FLOATS;
      floats = new float[floatsNeeded];
    }
    if (longs.length < longsNeeded) {
      longs = NO_LONGS;
      longs = new long[longsNeeded];
    }
  }

  public void start(Object[] given, Object[] results, Execution where) {
    inputs = given;
    outputs = results;
    execution = where;
  }

  /** Lets go of what is the caller's. */
  public void end() {
    inputs = null;
    outputs = null;
    execution = null;
    split = null;
  }

  public long bytes() {
    return 4L * floats.length + 8L * longs.length;
  }

  public Execution execution() {
    return execution;
  }

  /** The array that holds an operand of floats. */
  public float[] floats(Operand operand) {
    Storage storage = operand.storage().root();
    return switch (storage.kind()) {
      case CONSTANT -> (float[]) storage.constant().array();
      case ARENA -> floats;
      case INPUT -> (float[]) inputs[storage.position()];
      case OUTPUT -> (float[]) outputs[storage.position()];
    };
  }

  /** The array that holds an operand of whole numbers. */
  public long[] longs(Operand operand) {
    Storage storage = operand.storage().root();
    return switch (storage.kind()) {
      case CONSTANT -> (long[]) storage.constant().array();
      case ARENA -> longs;
      case INPUT -> (long[]) inputs[storage.position()];
      case OUTPUT -> (long[]) outputs[storage.position()];
    };
  }

  /** Index of an operand's first element in its array. */
  public int offset(Operand operand) {
    Storage storage = operand.storage();
    Storage root = storage.root();
    return (root.kind() == Kind.ARENA ? root.position() : 0) + storage.start();
  }

  void split(SplitStep step, int most, long cost) {
    int threads = Split.threads(0, cost, execution.threads());
    if (threads == 1 || most == 1) {
      step.part(this, 0, step.length());
      return;
    }
    split = step;
    parts = Math.min(most, PARTS_PER_THREAD * threads);
    ForkJoinPool pool = execution.pool().orElse(null);
    parallel.run(this, parts, pool, threads, 0, 0);
  }

  @Override
  public void run(int unit, Scratch scratch) {
    int length = split.length();
    split.part(this, Split.start(length, unit, parts), Split.start(length, unit + 1, parts));
  }
}
