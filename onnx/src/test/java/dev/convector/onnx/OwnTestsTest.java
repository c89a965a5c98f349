package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * ONNX's own tests, of Debian's package {@code libonnx-testdata}: each passes, or is refused with a
 * message.
 */
class OwnTestsTest {
  @ParameterizedTest
  @CsvSource({"node, 607", "pytorch-converted, 82", "pytorch-operator, 30", "simple, 7"})
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void passesOrRefuses(String kind, int least) throws IOException {
    Path folder = Path.of(System.getProperty("onnx.testdata"), kind);
    assumeTrue(
        Files.isDirectory(folder),
        () -> folder + ": not there; install libonnx-testdata, or set -Donnx.testdata");
    int passed = 0;
    Map<String, String> refused = new TreeMap<>();
    List<String> failed = new ArrayList<>();
    for (NodeCase test : NodeCase.in(folder)) {
      try {
        String wrong = test.run();
        if (wrong == null) {
          passed++;
        } else {
          failed.add(test.name() + ": " + wrong);
        }
      } catch (OnnxException refusal) {
        Throwable cause = refusal.getCause();
        if (cause == null
            || cause instanceof IllegalArgumentException
            || cause instanceof OnnxException) {
          refused.put(test.name(), refusal.getMessage());
        } else {
          failed.add(test.name() + ": " + cause);
        }
      } catch (RuntimeException stray) {
        failed.add(test.name() + ": " + stray);
      }
    }
    System.out.println(
        kind
            + ": "
            + passed
            + " passed, "
            + refused.size()
            + " refused, "
            + failed.size()
            + " failed");
    if (Boolean.getBoolean("onnx.refusals")) {
      refused.forEach((name, message) -> System.out.println("  " + name + ": " + message));
    }
    assertEquals(List.of(), failed);
    assertTrue(passed >= least, passed + " passed, which were " + least);
  }
}
