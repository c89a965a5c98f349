package dev.convector.internal.gradient;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The taps of one axis, gathered into slots. A slot holds what neighbouring outputs read of the
 * input at one tap, one element after another whatever the stride, and a few elements more, from
 * which a later tap reads the same outputs' at a shift: as many elements in, as it lies strides
 * behind. So taps whose distance is no multiple of the stride have slots of their own.
 */
final class TapSlots {
  private final int[] slots;
  private final int[] shifts;
  private final int[] offsets;
  private final int span;

  /**
   * @param reach outputs of a block: a tap that lies as many strides or more behind the last one of
   *     a slot has nothing in common with it, and gets a slot of its own; so does each where it is
   *     0
   */
  TapSlots(GradientAxis axis, int reach) {
    slots = new int[axis.taps()];
    shifts = new int[axis.taps()];
    List<Integer> begins = new ArrayList<>();
    // Of each remainder by the stride the last slot; looked for, kernels of 65,536 taps took
    // minutes.
    Map<Integer, Integer> newest = new HashMap<>();
    int[] lasts = new int[axis.taps()];
    int most = 0;
    for (int tap = 0; tap < axis.taps(); tap++) {
      int offset = tap * axis.dilation();
      int phase = offset % axis.stride();
      Integer slot = newest.get(phase);
      if (slot == null || (offset - lasts[slot]) / axis.stride() >= reach) {
        slot = begins.size();
        begins.add(offset);
        newest.put(phase, slot);
      }
      lasts[slot] = offset;
      slots[tap] = slot;
      shifts[tap] = (offset - begins.get(slot)) / axis.stride();
      most = Math.max(most, shifts[tap]);
    }
    offsets = begins.stream().mapToInt(Integer::intValue).toArray();
    span = most;
  }

  int count() {
    return offsets.length;
  }

  /** Of a slot, how far behind the beginning of an output's window lies what it holds of it. */
  int offset(int slot) {
    return offsets[slot];
  }

  int slot(int tap) {
    return slots[tap];
  }

  int shift(int tap) {
    return shifts[tap];
  }

  /** The largest shift: elements that a slot has beyond one for each output. */
  int span() {
    return span;
  }
}
