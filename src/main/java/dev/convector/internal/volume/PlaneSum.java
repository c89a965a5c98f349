package dev.convector.internal.volume;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.util.List;

/**
 * A convolution of volumes as sums of convolutions of planes: each plane of the output is the sum
 * over the slices of the kernel, each convolved with the input plane that it meets. So every
 * two-dimensional algorithm does three-dimensional work too.
 *
 * <p>A unit is one of the units of the two-dimensional work for one plane, or for several: it adds
 * all slices to its part of the plane, one after the other, while that is in the cache. The first
 * starts from the residual, the others from what the output holds; so there is no barrier, and the
 * order of each sum is fixed.
 *
 * <p>Volumes are channels-last, where a plane lies in one piece.
 */
public final class PlaneSum implements PackedWork {
  private static final Scratch.Slot<Operands> OPERANDS = new Scratch.Slot<>(Operands::new);

  /** The most groups of planes, so that units are within what a run can number. */
  private static final int MOST_GROUPS = 1 << 14;

  /**
   * Groups of planes for each thread, from which on planes alone are enough units. Where they are
   * fewer, each is cut as for the threads that make up for that.
   */
  private static final int GROUPS_PER_THREAD = 4;

  /**
   * One summand of an output plane.
   *
   * @param slice which of the works computes it
   * @param plane of the input, the first that is read; -1 for one of zeros
   * @param span planes from there on to the last that is read
   */
  public record Term(int slice, int plane, int span) {
    Term(int slice, int plane) {
      this(slice, plane, 1);
    }
  }

  private final List<PackedWork> slices;
  private final List<List<Term>> terms;
  private final int volumes;
  private final int inputDepth;
  private final int inputPlane;
  private final int outputPlane;

  /** A plane of the input's padding; null if no sum needs one. */
  private final float[] zeros;

  /**
   * @param slices the work of each slice of the kernel on one plane, or of several slices on as
   *     many planes; all of one class and one shape, cut into the same units
   * @param terms of each output plane of a volume, in order, at least one
   * @param inputDepth planes of an input volume
   * @param inputPlane floats of an input plane
   * @param outputPlane floats of an output plane
   */
  public PlaneSum(
      List<PackedWork> slices,
      List<List<Term>> terms,
      int volumes,
      int inputDepth,
      int inputPlane,
      int outputPlane) {
    if (slices.stream().map(Object::getClass).distinct().count() > 1) {
      throw new AssertionError("slices of several classes, whose units differ: " + slices);
    }
    this.slices = slices;
    this.terms = terms;
    this.volumes = volumes;
    this.inputDepth = inputDepth;
    this.inputPlane = inputPlane;
    this.outputPlane = outputPlane;
    boolean padded = terms.stream().flatMap(List::stream).anyMatch(term -> term.plane < 0);
    this.zeros = padded ? new float[inputPlane] : null;
  }

  @Override
  public long packedBytes() {
    return slices.stream().mapToLong(PackedWork::packedBytes).sum();
  }

  @Override
  public int scratchFloats() {
    return slices.stream().mapToInt(PackedWork::scratchFloats).max().orElseThrow();
  }

  @Override
  public int scratchInts() {
    return slices.stream().mapToInt(PackedWork::scratchInts).max().orElseThrow();
  }

  @Override
  public boolean mayReadAhead() {
    return slices.getFirst().mayReadAhead();
  }

  private int groups() {
    return (int) Math.min((long) volumes * terms.size(), MOST_GROUPS);
  }

  @Override
  public int units(int threads) {
    int each = Math.min(threads, Math.ceilDiv(GROUPS_PER_THREAD * threads, groups()));
    return groups() * slices.getFirst().units(each);
  }

  @Override
  public int units(int threads, int least) {
    return groups() * slices.getFirst().units(threads, Math.ceilDiv(least, groups()));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int groups = groups();
    int parts = units / groups;
    int planes = volumes * terms.size();
    int first = Split.start(planes, unit / parts, groups);
    int end = Split.start(planes, unit / parts + 1, groups);
    boolean planar = inputDepth == 1 && terms.size() == 1;
    if (end - first > 1) {
      footprint.read.keepPlanes();
      footprint.written.keepPlanes();
    }
    for (int i = first; i < end; i++) {
      footprint.read.shift(i * inputPlane);
      footprint.written.shift(i * outputPlane);
      slices.getFirst().footprint(unit % parts, parts, footprint);
    }
    if (!planar) {
      footprint.read.clear();
      planes(first, end, footprint);
    }
  }

  /** All planes that the sums of some planes read, from the first to the last. */
  private void planes(int first, int end, Footprint footprint) {
    int least = Integer.MAX_VALUE;
    int most = -1;
    for (int i = first; i < end; i++) {
      List<Term> sum = terms.get(i % terms.size());
      int volume = i / terms.size() * inputDepth;
      for (int j = 0; j < sum.size(); j++) {
        Term term = sum.get(j);
        if (term.plane >= 0) {
          least = Math.min(least, volume + term.plane);
          most = Math.max(most, volume + term.plane + term.span - 1);
        }
      }
    }
    if (most >= 0) {
      footprint.read.add(least * inputPlane, (most + 1 - least) * inputPlane);
    }
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int groups = groups();
    int parts = units / groups;
    int group = unit / parts;
    Operands plane = scratch.get(OPERANDS);
    int planes = volumes * terms.size();
    int end = Split.start(planes, group + 1, groups);
    for (int i = Split.start(planes, group, groups); i < end; i++) {
      sum(operands, plane, i, unit % parts, parts, scratch);
    }
  }

  private void sum(
      Operands all, Operands current, int output, int part, int parts, Scratch scratch) {
    // Where planes were moved together there are only one volume's.
    int to = all.hasMovedResult() ? 0 : output * outputPlane;
    int volume = output / terms.size() * inputDepth;
    List<Term> sum = terms.get(output % terms.size());
    for (int i = 0; i < sum.size(); i++) {
      Term term = sum.get(i);
      boolean first = i == 0;
      int from = all.hasMovedSource() ? 0 : (volume + term.plane) * inputPlane;
      current.set(
          term.plane < 0 ? zeros : all.src,
          term.plane < 0 ? 0 : all.srcOffset + from,
          first ? all.residual : all.dst,
          first ? all.residualOffset + to : all.dstOffset + to,
          all.dst,
          all.dstOffset + to);
      current.setPlanes(all, term.plane >= 0);
      current.readsAhead = all.readsAhead;
      slices.get(term.slice).run(current, part, parts, scratch);
    }
  }
}
