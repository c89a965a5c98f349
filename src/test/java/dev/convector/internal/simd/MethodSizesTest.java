package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The client compiler refuses very large methods ("out of virtual registers"), with a profile
 * earlier than without one: then HotSpot never asks C2 for them, and they stay a hundred times
 * slower than they should be. 5,344 bytecodes of a depthwise 7x7 kernel were too many.
 */
class MethodSizesTest {
  /** The largest is compiled. */
  private static final int MOST_BYTES = 5200;

  @Test
  void noKernelIsTooLargeForTheClientCompiler() throws IOException, URISyntaxException {
    Path classes = Path.of(Simd.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Path> files;
    try (Stream<Path> all = Files.walk(classes)) {
      files = all.filter(file -> file.toString().endsWith(".class")).toList();
    }
    assertFalse(files.isEmpty());
    List<String> large = new ArrayList<>();
    for (Path file : files) {
      ClassModel model = ClassFile.of().parse(file);
      for (MethodModel method : model.methods()) {
        int bytes = method.findAttribute(Attributes.code()).map(c -> c.codeLength()).orElse(0);
        if (bytes > MOST_BYTES) {
          large.add(model.thisClass().name() + " " + method.methodName() + ": " + bytes);
        }
      }
    }
    assertEquals(List.of(), large);
  }
}
