package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimdTest {
  @Test
  void vectorsAreNoWiderThanTheMachines() {
    assertTrue(Simd.SPECIES.vectorBitSize() <= FloatVector.SPECIES_PREFERRED.vectorBitSize());
    assertEquals(Simd.SPECIES.length(), Simd.LANES);
    assertTrue(Simd.REGISTERS == 16 || Simd.REGISTERS == 32);
  }

  /** Else a run of all tests that asks for another width tests the machine's once more. */
  @Test
  void whatIsAskedForIsUsed() {
    int bits = Integer.getInteger("convector.vectorBits", Simd.SPECIES.vectorBitSize());
    assertEquals(bits, Simd.SPECIES.vectorBitSize());
    assertEquals(bits / Float.SIZE, Simd.LANES);
    assertEquals(bits / Integer.SIZE, Simd.INTS.length());
    int registers = Integer.getInteger("convector.vectorRegisters", Simd.REGISTERS);
    assertEquals(registers, Simd.REGISTERS);
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void givesTheWidthAskedFor(int bits) {
    assertEquals(bits, Simd.species(bits, FloatVector.SPECIES_512).vectorBitSize());
  }

  @ParameterizedTest
  @ValueSource(ints = {-128, 0, 64, 127, 384, 1024})
  void refusesWidthsThatThereAreNot(int bits) {
    assertEquals(
        "convector.vectorBits: "
            + bits
            + "; must be 128, 256 or 512 and at most 512, this machine's",
        refusal(() -> Simd.species(bits, FloatVector.SPECIES_512)));
  }

  @Test
  void refusesWidthsThatTheMachineHasNot() {
    VectorSpecies<Float> avx2 = FloatVector.SPECIES_256;
    assertEquals(256, Simd.species(256, avx2).vectorBitSize());
    assertEquals(
        "convector.vectorBits: 512; must be 128, 256 or 512 and at most 256, this machine's",
        refusal(() -> Simd.species(512, avx2)));
    assertEquals(
        "convector.vectorBits: 256; must be 128, 256 or 512 and at most 128, this machine's",
        refusal(() -> Simd.species(256, FloatVector.SPECIES_128)));
  }

  @ParameterizedTest
  @ValueSource(ints = {-16, 0, 8, 15, 24, 64})
  void refusesOtherNumbersOfRegisters(int count) {
    assertEquals(
        "convector.vectorRegisters: " + count + "; must be 16 or 32",
        refusal(() -> Simd.registers(count)));
  }

  @ParameterizedTest
  @CsvSource({
    "amd64, 512, true, 32",
    "x86_64, 512, true, 32",
    "amd64, 256, true, 16",
    "x86_64, 128, true, 16",
    "aarch64, 128, true, 32",
    "aarch64, 256, true, 32",
    "riscv64, 256, true, 32",
    "amd64, 512, false, 16",
    "amd64, 128, false, 16",
    "riscv64, 256, false, 16",
  })
  void knowsTheRegistersOfAnInstructionSet(
      String architecture, int bits, boolean fused, int registers) {
    assertEquals(registers, Simd.normalRegisters(architecture, bits, fused));
  }

  @Test
  void settingsAreNumbers() {
    String name = "convector.test.setting";
    assertEquals(7, Setting.of(name, 7, 1));
    try {
      System.setProperty(name, "3");
      assertEquals(3, Setting.of(name, 7, 3));
      assertEquals(name + ": 3; must be at least 4", refusal(() -> Setting.of(name, 7, 4)));
      System.setProperty(name, "3.5");
      assertEquals(name + ": 3.5; must be a whole number", refusal(() -> Setting.of(name, 7)));
    } finally {
      System.clearProperty(name);
    }
  }

  private static String refusal(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }

  @Test
  void roundsUpToWholeVectors() {
    assertEquals(0, Simd.roundUp(0));
    assertEquals(Simd.LANES, Simd.roundUp(1));
    assertEquals(Simd.LANES, Simd.roundUp(Simd.LANES));
    assertEquals(2 * Simd.LANES, Simd.roundUp(Simd.LANES + 1));
  }
}
