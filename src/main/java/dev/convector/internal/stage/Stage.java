package dev.convector.internal.stage;

import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.Elements;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.AlignedFloats;

/**
 * A worker's copy of what a unit of work reads and writes, for operands that no kernel can read
 * where they lie. The kernels see arrays, as always: of a method that sees arrays and segments
 * both, or segments alone, C2 makes 1 % of the speed in one JVM of some.
 */
public final class Stage implements Scratch.Kept {
  private static final Scratch.Slot<Stage> SLOT = new Scratch.Slot<>(Stage::new);

  /** Floats of a unit that stay in the second-level cache beside its weights: 128 KiB. */
  private static final int UNIT_FLOATS = 32 * 1024;

  /** Floats that kernels may load before and behind what they use. */
  private static final int MARGIN = 4 * AlignedFloats.LINE;

  private final Footprint footprint = new Footprint();
  private final Operands operands = new Operands();
  private float[] floats = {};

  private Stage() {}

  /** How many units to cut the work into. */
  public static int units(PackedWork work, int threads, Footprint footprint) {
    int units = work.units(threads);
    footprint.clear();
    work.footprint(units / 2, units, footprint);
    long floats = (long) footprint.read.floats() + footprint.written.floats();
    if (floats <= UNIT_FLOATS) {
      return units;
    }
    long least = Math.min(ParallelRun.MAX_UNITS, units * floats / UNIT_FLOATS);
    return work.units(threads, (int) least);
  }

  /** Computes one of {@code units} units. */
  public static void run(
      PackedWork work, StagedOperands given, int unit, int units, Scratch scratch) {
    Stage stage = scratch.get(SLOT);
    stage.footprint.clear();
    work.footprint(unit, units, stage.footprint);
    stage.run(given, work, unit, units, scratch);
  }

  private void run(StagedOperands given, PackedWork work, int unit, int units, Scratch scratch) {
    Elements read = footprint.read;
    Elements written = footprint.written;
    boolean reads = given.src.isSegment();
    // Residual and result lie alike, so that either both are brought or none.
    boolean writes = given.dst.isSegment() || given.residual.isSegment();
    int readAt = AlignedFloats.next(MARGIN);
    int writtenAt = AlignedFloats.next(readAt + (reads ? read.floats() : 0) + MARGIN);
    reserve(writtenAt + (writes ? written.floats() : 0) + MARGIN);
    float[] residual = given.residual.array();
    int residualOffset = given.residual.offset();
    if (reads) {
      read(given.src, read, readAt);
    }
    if (writes && given.residual.exists()) {
      read(given.residual, written, writtenAt);
      residual = floats;
      residualOffset = written.offset(writtenAt);
    }
    operands.set(
        reads ? floats : given.src.array(),
        reads ? read.offset(readAt) : given.src.offset(),
        residual,
        residualOffset,
        writes ? floats : given.dst.array(),
        writes ? written.offset(writtenAt) : given.dst.offset());
    operands.setPlanes(reads ? read.plane() : 0, writes ? written.plane() : 0);
    operands.setIndices(given.indices, given.indicesOffset);
    work.run(operands, unit, units, scratch);
    if (writes) {
      write(given.dst, written, writtenAt);
    }
  }

  /** Lets go of the caller's arrays. */
  @Override
  public void clear() {
    operands.clear();
  }

  /** As large as what shares a first cache line with nothing, so that it begins on one. */
  private void reserve(int size) {
    if (floats.length < size) {
      floats = new float[Math.max(size, AlignedFloats.LEAST)];
    }
  }

  private void read(Tensor from, Elements elements, int at) {
    for (int box = 0; box < elements.boxes(); box++) {
      for (int plane = 0; plane < elements.planes(box); plane++) {
        int element = elements.at(box) + plane * elements.planeStep(box);
        int place = elements.place(box, at) + plane * elements.placedPlaneStep(box);
        for (int line = 0; line < elements.lines(box); line++) {
          int step = line * elements.lineStep(box);
          from.read(element + step, floats, place + step, elements.length(box));
        }
      }
    }
  }

  private void write(Tensor to, Elements elements, int at) {
    for (int box = 0; box < elements.boxes(); box++) {
      for (int plane = 0; plane < elements.planes(box); plane++) {
        int element = elements.at(box) + plane * elements.planeStep(box);
        int place = elements.place(box, at) + plane * elements.placedPlaneStep(box);
        for (int line = 0; line < elements.lines(box); line++) {
          int step = line * elements.lineStep(box);
          to.write(floats, place + step, element + step, elements.length(box));
        }
      }
    }
  }
}
