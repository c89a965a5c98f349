package dev.convector.jmh.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  /** Sessions are published one after another. */
  @Test
  void whatIsPublishedIsNoChange(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("README.md"), "old");
    Path source =
        Files.writeString(Files.createDirectory(folder.resolve("src")).resolve("A"), "old");
    assumeTrue(git(folder, "init", "-q") && git(folder, "add", "."), "there is no git");
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "first");
    String clean = Machine.commit(folder);
    assertEquals(12, clean.length());
    Files.writeString(folder.resolve("README.md"), "new");
    assertEquals(clean, Machine.commit(folder));
    assertEquals(clean, Machine.commit(source.getParent()), "from a folder within");
    Files.writeString(source, "new");
    assertEquals(clean + "+", Machine.commit(source.getParent()));
  }

  private static boolean git(Path folder, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(words));
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  @Test
  void theClockCounts() {
    assertTrue(new ClockSpeed().squares() != 0, "odd numbers have odd squares");
  }
}
