package dev.convector.jmh.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineTest {
  @Test
  void aProcessorIsMoreThanItsName() {
    assertEquals(
        "AMD EPYC, family 26 model 2 stepping 1",
        Machine.processor(
            Map.of("model name", "AMD EPYC", "cpu family", "26", "model", "2", "stepping", "1")));
    assertTrue(
        Machine.processor(
                Map.of(
                    "CPU implementer", "0x41",
                    "CPU part", "0xd40",
                    "CPU variant", "0x1",
                    "CPU revision", "1"))
            .endsWith(", implementer 0x41 part 0xd40 variant 0x1 revision 1"));
  }

  @Test
  void theClockCounts() {
    assertTrue(new ClockSpeed().squares() != 0, "odd numbers have odd squares");
  }
}
