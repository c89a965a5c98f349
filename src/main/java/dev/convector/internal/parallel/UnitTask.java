package dev.convector.internal.parallel;

/** Work cut into numbered units that may run in any order and at the same time. */
@FunctionalInterface
public interface UnitTask {
  void run(int unit, Scratch scratch);
}
