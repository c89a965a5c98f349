package dev.convector.onnx.internal.compile;

import dev.convector.Execution;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.Profile;
import dev.convector.onnx.Tensor;
import dev.convector.onnx.internal.execute.Arenas;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.Storage;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A network for one combination of input shapes: steps with places for what they read and write.
 */
public final class CompiledShape {
  private final StepInfo[] steps;
  private final Operand[] outputs;
  private final int floats;
  private final int longs;
  private final AtomicLongArray nanos;
  private final AtomicLong runs = new AtomicLong();

  /**
   * @param outputs lie naturally, each in storage of its own
   * @param floats elements of the arena
   * @param longs elements of the arena of whole numbers
   */
  CompiledShape(List<StepInfo> steps, List<Operand> outputs, int floats, int longs) {
    this.steps = steps.stream().map(StepInfo::settled).toArray(StepInfo[]::new);
    this.outputs = outputs.toArray(Operand[]::new);
    this.floats = floats;
    this.longs = longs;
    this.nanos = new AtomicLongArray(this.steps.length);
  }

  /**
   * Runs.
   *
   * @param inputs {@code float[]} or {@code long[]}, with the shapes that were compiled for
   * @return an array for each output
   */
  public Object[] run(Object[] inputs, Arenas arenas, Execution execution) {
    try {
      Object[] results = results();
      Run run = arenas.take(floats, longs);
      try {
        run.start(inputs, results, execution);
        run(run);
      } finally {
        run.end();
        arenas.give(run);
      }
      return results;
    } catch (ArithmeticException division) {
      throw new OnnxException("run: " + division.getMessage(), division);
    } catch (OutOfMemoryError full) {
      throw new OnnxException("run: buffers of " + 4L * floats + " bytes don't fit", full);
    }
  }

  /** Bytes of packed weights that no other shape shares. */
  long packedBytes() {
    return Arrays.stream(steps).mapToLong(step -> step.step().packedBytes()).sum();
  }

  /** Bytes of a thread's scratch during the step that needs most. */
  long workspaceBytes() {
    return Arrays.stream(steps).mapToLong(step -> step.step().workspaceBytes()).max().orElse(0);
  }

  private Object[] results() {
    Object[] results = new Object[outputs.length];
    for (int i = 0; i < results.length; i++) {
      int size = outputs[i].size();
      results[i] = outputs[i].storage().isWhole() ? new long[size] : new float[size];
    }
    return results;
  }

  private void run(Run run) {
    long before = System.nanoTime();
    for (int i = 0; i < steps.length; i++) {
      steps[i].step().run(run);
      long after = System.nanoTime();
      nanos.addAndGet(i, after - before);
      before = after;
    }
    runs.incrementAndGet();
  }

  /** A result as what the caller sees. */
  public Tensor tensor(int output, Object result) {
    long[] shape = Shapes.toLongs(outputs[output].shape());
    return result instanceof float[] values
        ? Tensor.of(values, shape)
        : Tensor.of(outputs[output].type(), (long[]) result, shape);
  }

  /** Whether it has run. */
  public boolean hasRun() {
    return runs.get() > 0;
  }

  /** Averages over the runs so far. */
  public Profile profile() {
    long count = runs.get();
    double total = 0;
    for (int i = 0; i < steps.length; i++) {
      total += nanos.get(i);
    }
    List<Profile.Row> rows = new ArrayList<>();
    for (int i = 0; i < steps.length; i++) {
      StepInfo step = steps[i];
      double time = (double) nanos.get(i) / count;
      rows.add(
          new Profile.Row(
              step.node().name(),
              step.operator(),
              step.algorithm(),
              Arrays.toString(step.output().shape()),
              time / 1e6,
              time == 0 ? 0 : 2 * step.multiplyAdds() / time,
              total == 0 ? 0 : nanos.get(i) / total));
    }
    return new Profile(runs.get(), rows);
  }

  /** A line for each step. */
  public String explain() {
    StringBuilder text = new StringBuilder();
    for (StepInfo step : steps) {
      text.append(
              step.operator().equals(step.node().operator())
                  ? Graph.describe(step.node())
                  : step.operator() + " for " + step.node().name())
          .append(" -> ")
          .append(step.output())
          .append(step.algorithm().isEmpty() ? "" : " by " + step.algorithm())
          .append(place(step.output()))
          .append('\n');
    }
    return text.toString();
  }

  private static String place(Operand output) {
    Storage storage = output.storage();
    return storage.hostName() == null
        ? ""
        : ", in place for " + storage.hostName() + " from channel " + storage.start();
  }
}
