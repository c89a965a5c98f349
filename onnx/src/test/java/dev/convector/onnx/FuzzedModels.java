package dev.convector.onnx;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * What coverage led the fuzzer to, a model a line in Base64; CONTRIBUTING.md says how it is kept.
 */
final class FuzzedModels {
  private FuzzedModels() {}

  static Stream<byte[]> all() {
    return lines().stream().map(Base64.getDecoder()::decode);
  }

  private static List<String> lines() {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(
                FuzzedModels.class.getResourceAsStream("fuzzed-models.txt"),
                StandardCharsets.US_ASCII))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
