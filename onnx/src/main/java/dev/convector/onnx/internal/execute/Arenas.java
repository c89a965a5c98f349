package dev.convector.onnx.internal.execute;

import java.util.ArrayDeque;
import java.util.Deque;

/** The runs of a session that are not in progress: as many as were in progress at once. */
public final class Arenas {
  private final Deque<Run> free = new ArrayDeque<>();
  private long bytes;

  /** A run with arenas of at least these sizes. */
  public Run take(int floats, int longs) {
    Run run;
    synchronized (this) {
      run = free.isEmpty() ? new Run() : free.pop();
    }
    long before = run.bytes();
    try {
      run.reserve(floats, longs);
    } finally {
      synchronized (this) {
        bytes += run.bytes() - before;
      }
    }
    return run;
  }

  public synchronized void give(Run run) {
    free.push(run);
  }

  public synchronized long bytes() {
    return bytes;
  }
}
