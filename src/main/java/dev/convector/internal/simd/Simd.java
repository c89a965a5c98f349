package dev.convector.internal.simd;

import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector unit as the kernels see it: the only place that names a species or counts registers.
 *
 * <p>The system property {@code convector.vectorBits} (128, 256 or 512) asks for narrower vectors,
 * so that every width can be tested on one machine; wider than the hardware is refused, since the
 * JVM would emulate it at under 1 % of the speed. {@code convector.vectorRegisters} (16 or 32)
 * overrides the number of registers.
 */
public final class Simd {
  public static final VectorSpecies<Float> SPECIES = species();

  /** As many ints: for masks by bits, and for indexes, which C2 would convert from floats anew. */
  public static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

  /** Half as many longs: for pairs of floats that are moved together. */
  public static final VectorSpecies<Long> LONGS = SPECIES.withLanes(long.class);

  /** Floats in a vector. */
  public static final int LANES = SPECIES.length();

  /** Vector registers of the instruction set. */
  public static final int REGISTERS = registers();

  /** Whether they are 32 and not 16: tiles of more sums, and other ways where those would spill. */
  public static final boolean MANY_REGISTERS = REGISTERS == 32;

  /**
   * Whether a load-load fence costs nothing: on x86 it emits no instruction and only keeps C2 from
   * moving loads across it, while ARM has one for it.
   */
  public static final boolean FENCED = isX86(System.getProperty("os.arch"));

  /**
   * Whether tiles need one behind each row: with 16 registers all rows of a step, which C2 loads
   * before its multiply-adds, would be spilled.
   */
  public static final boolean FENCED_ROWS = FENCED && !MANY_REGISTERS;

  private static final FloatVector LANE_NUMBERS = FloatVector.zero(SPECIES).addIndex(1);

  /**
   * For each number of lanes the mask of the first so many: made once, so that none is allocated.
   */
  private static final List<VectorMask<Float>> FIRST =
      IntStream.rangeClosed(0, LANES).mapToObj(count -> lanes(0, count)).toList();

  private Simd() {}

  /**
   * The first so many lanes, at most {@link #LANES}; never allocates, also where C2 can't inline.
   */
  public static VectorMask<Float> first(int count) {
    return FIRST.get(count);
  }

  /**
   * The lanes {@code [from, to)}; a number outside the vector means its end. By comparing and not
   * by {@code indexInRange}: that has four branches, and where they join C2 may allocate the mask.
   */
  public static VectorMask<Float> lanes(int from, int to) {
    return LANE_NUMBERS
        .compare(VectorOperators.GE, (float) from)
        .and(LANE_NUMBERS.compare(VectorOperators.LT, (float) to));
  }

  /** Rounds up to whole vectors. */
  public static int roundUp(int elements) {
    return Math.ceilDiv(elements, LANES) * LANES;
  }

  private static VectorSpecies<Float> species() {
    VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
    return species(Setting.of("convector.vectorBits", preferred.vectorBitSize()), preferred);
  }

  /** Of so many bits, on a machine whose widest vectors are {@code preferred}. */
  static VectorSpecies<Float> species(int bits, VectorSpecies<Float> preferred) {
    VectorSpecies<Float> chosen =
        switch (bits) {
          case 128 -> FloatVector.SPECIES_128;
          case 256 -> FloatVector.SPECIES_256;
          case 512 -> FloatVector.SPECIES_512;
          default -> preferred;
        };
    if (chosen.vectorBitSize() != bits || bits > preferred.vectorBitSize()) {
      throw new IllegalArgumentException(
          "convector.vectorBits: "
              + bits
              + "; must be 128, 256 or 512 and at most "
              + preferred.vectorBitSize()
              + ", this machine's");
    }
    return chosen;
  }

  private static int registers() {
    int normal =
        normalRegisters(
            System.getProperty("os.arch"),
            FloatVector.SPECIES_PREFERRED.vectorBitSize(),
            MultiplyAdd.FUSED);
    return registers(Setting.of("convector.vectorRegisters", normal));
  }

  static int registers(int count) {
    if (count != 16 && count != 32) {
      throw new IllegalArgumentException(
          "convector.vectorRegisters: " + count + "; must be 16 or 32");
    }
    return count;
  }

  /**
   * x86 has 32 with AVX-512 and 16 before; from Java only the vector width tells them apart, so
   * that 256-bit vectors on AVX-512 hardware are taken for AVX2, whose smaller tile runs well on
   * both. All others (ARM, RISC-V, POWER) have 32. Without fused multiply-adds each product takes a
   * register until it is added: tiles for 32 spill then, and those for 16 are up to twice as fast.
   */
  static int normalRegisters(String architecture, int widestBits, boolean fused) {
    return !fused || isX86(architecture) && widestBits < 512 ? 16 : 32;
  }

  private static boolean isX86(String architecture) {
    return architecture.equals("amd64") || architecture.equals("x86_64");
  }
}
