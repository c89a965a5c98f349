package dev.convector.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ScratchTest {
  private static final Scratch.Slot<Counted> SLOT = new Scratch.Slot<>(Counted::new);

  private static final class Counted implements Scratch.Kept {
    int cleared;

    @Override
    public void clear() {
      cleared++;
    }
  }

  @Test
  void runClearsOnceWhatItsUnitsHaveUsed() {
    Counted[] kept = new Counted[2];
    new ParallelRun().run((unit, scratch) -> kept[unit] = scratch.get(SLOT), 2, null, 1, 0, 0);
    assertSame(kept[0], kept[1]);
    int cleared = kept[0].cleared;
    // Not by a run that doesn't use it.
    new ParallelRun().run((unit, scratch) -> {}, 1, null, 1, 0, 0);
    assertEquals(cleared, kept[0].cleared);
    new ParallelRun().run((unit, scratch) -> scratch.get(SLOT), 2, null, 1, 0, 0);
    assertEquals(cleared + 1, kept[0].cleared);
  }

  @Test
  void runThatFailsClearsToo() {
    Counted[] kept = new Counted[1];
    int[] before = new int[1];
    assertThrows(
        IllegalStateException.class,
        () ->
            new ParallelRun()
                .run(
                    (unit, scratch) -> {
                      kept[0] = scratch.get(SLOT);
                      before[0] = kept[0].cleared;
                      throw new IllegalStateException();
                    },
                    1,
                    null,
                    1,
                    0,
                    0));
    assertEquals(before[0] + 1, kept[0].cleared);
  }
}
