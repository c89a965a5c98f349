package dev.convector.internal.problem;

import java.util.List;

/**
 * What a plan runs: pieces of work one after the other, each started when the one before is done on
 * all threads. Between them lie arrays of the run's own. Where those would be large, the steps are
 * taken in several rounds, each for its share of the source and of the result.
 *
 * @param rounds how often all steps are taken
 * @param steps in order
 * @param source elements of the source in a round
 * @param result elements of the result in a round, and of a residual
 * @param first elements of the first array between the steps; 0 if there is none
 * @param second elements of the second array between the steps; 0 if there is none
 */
public record RunSteps(
    int rounds, List<Step> steps, int source, int result, int first, int second) {

  /** What a step reads or writes. */
  public enum Place {
    SRC,
    RESIDUAL,
    DST,
    FIRST,
    SECOND
  }

  /**
   * A piece of the work. One that reads the residual alone is left out of a run that has none.
   *
   * @param operations multiply-adds in a round, or what takes as long
   * @param from its source
   * @param added its residual in a run that has one; null if it never has
   * @param to its result
   */
  public record Step(PackedWork work, long operations, Place from, Place added, Place to) {}

  /** One piece of work for all. */
  public static RunSteps of(PackedWork work, int source, int result, long operations) {
    Step all = new Step(work, operations, Place.SRC, Place.RESIDUAL, Place.DST);
    return new RunSteps(1, List.of(all), source, result, 0, 0);
  }

  /** Elements of a place in a round. */
  public int floats(Place place) {
    return switch (place) {
      case SRC -> source;
      case DST, RESIDUAL -> result;
      case FIRST -> first;
      case SECOND -> second;
    };
  }

  /** Floats of scratch that each worker needs: the same in all steps, whose workers may be. */
  public int scratchFloats() {
    return steps.stream().mapToInt(step -> step.work.scratchFloats()).max().orElseThrow();
  }

  /** Ints of scratch that each worker needs. */
  public int scratchInts() {
    return steps.stream().mapToInt(step -> step.work.scratchInts()).max().orElseThrow();
  }

  /** Bytes of a run: each worker's scratch once, and what lies between the steps. */
  public long workspaceBytes() {
    return Float.BYTES * ((long) scratchFloats() + first + second)
        + (long) Integer.BYTES * scratchInts();
  }
}
