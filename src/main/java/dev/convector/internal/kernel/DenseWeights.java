package dev.convector.internal.kernel;

import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;

/**
 * The right operand of the dense kernels, packed: for each group its panels of NR columns, for each
 * panel {@code depth} steps of NR floats. Columns beyond the last are zero. The last panel of a
 * group is only as many vectors wide as hold its columns.
 *
 * <pre>
 *   group 0: panel 0 [depth][NR]  panel 1 [depth][NR] ... last panel [depth][1 to 4 LANES]
 *   group 1: ...
 * </pre>
 */
public final class DenseWeights {
  /** Columns of a panel. */
  public static final int NR = RegisterTile.NR;

  private final int groups;
  private final int depth;
  private final int columns;
  private final int panels;
  private final int groupFloats;
  private final AlignedFloats floats;

  /** Zeros, to be filled by DensePacking. */
  public DenseWeights(int groups, int depth, int columns) {
    this.groups = groups;
    this.depth = depth;
    this.columns = columns;
    this.panels = Math.ceilDiv(columns, NR);
    this.groupFloats = depth * Simd.roundUp(columns);
    this.floats = AlignedFloats.allocate(groups * groupFloats);
  }

  /** Size of the array that the constructor would make; may be more than an array can hold. */
  public static long size(int groups, long depth, int columns) {
    return groups * depth * (Math.ceilDiv(columns, Simd.LANES) * (long) Simd.LANES);
  }

  public float[] floats() {
    return floats.array();
  }

  public int groups() {
    return groups;
  }

  public int depth() {
    return depth;
  }

  /** Columns of one group. */
  public int columns() {
    return columns;
  }

  /** Panels of one group. */
  public int panels() {
    return panels;
  }

  /** Index of depth step 0 of a panel. */
  public int offset(int group, int panel) {
    return floats.offset() + group * groupFloats + panel * depth * NR;
  }

  /** Width of a panel in vectors. */
  public int vectors(int panel) {
    return Math.min(RegisterTile.VECTORS, Math.ceilDiv(columns - panel * NR, Simd.LANES));
  }

  /** Floats of one depth step of a panel. */
  public int step(int panel) {
    return vectors(panel) * Simd.LANES;
  }

  /** Columns of a panel that hold weights: 1 to NR. */
  public int columns(int panel) {
    return Math.min(NR, columns - panel * NR);
  }

  /** Whether they are taken to come from memory. */
  public boolean isFar() {
    return ReadAhead.pays(bytes());
  }

  public long bytes() {
    return floats.bytes();
  }
}
