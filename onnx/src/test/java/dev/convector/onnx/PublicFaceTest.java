package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convector.Conv2d;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public face of both libraries is the one that was recorded: who changes it sees how, and so
 * does who reads the change.
 */
class PublicFaceTest {
  /** What every object has. */
  private static final Set<String> COMMON = Set.of("equals", "hashCode", "toString");

  private static final Path NOW = Path.of("target", "public-face.txt");

  @Test
  void isAsRecorded() throws Exception {
    List<String> now = new ArrayList<>();
    now.addAll(face(Conv2d.class));
    now.addAll(face(OnnxModel.class));
    Files.write(NOW, now);
    assertEquals(
        recorded(),
        now,
        () ->
            "the public face has changed; if that is meant, note it in CHANGELOG and copy onnx/"
                + NOW
                + " to onnx/src/test/resources");
  }

  private static List<String> recorded() throws IOException {
    try (InputStream file = PublicFaceTest.class.getResourceAsStream("/public-face.txt")) {
      return file == null
          ? List.of()
          : new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** What a user sees of the module that a class lies in, a line each. */
  private static List<String> face(Class<?> entry) throws IOException, URISyntaxException {
    Path location = Path.of(entry.getProtectionDomain().getCodeSource().getLocation().toURI());
    ModuleReference module = ModuleFinder.of(location).findAll().iterator().next();
    List<String> exported =
        module.descriptor().exports().stream()
            .filter(exports -> !exports.isQualified())
            .map(Exports::source)
            .toList();
    try (ModuleReader reader = module.open();
        Stream<String> files = reader.list()) {
      return files
          .filter(file -> file.endsWith(".class"))
          .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
          .filter(name -> exported.contains(name.substring(0, Math.max(0, name.lastIndexOf('.')))))
          .sorted()
          .flatMap(name -> members(name).stream())
          .toList();
    }
  }

  private static List<String> members(String name) {
    Class<?> type;
    try {
      type = Class.forName(name, false, PublicFaceTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
    if (!Modifier.isPublic(type.getModifiers())) {
      return List.of();
    }
    Stream<String> fields = Stream.of(type.getFields()).map(Field::toGenericString);
    Stream<String> constructors =
        Stream.of(type.getConstructors()).map(Constructor::toGenericString);
    Stream<String> methods =
        Stream.of(type.getMethods())
            .filter(method -> !COMMON.contains(method.getName()) && !isSecond(method, type))
            .filter(method -> !method.getDeclaringClass().getName().startsWith("java."))
            .map(Method::toGenericString);
    List<String> lines = new ArrayList<>(List.of(type.toGenericString()));
    Stream.of(fields, constructors, methods)
        .flatMap(members -> members.sorted())
        .forEach(member -> lines.add("  " + member));
    return lines;
  }

  /** Bridges stand for the methods of superclasses that aren't public; others come twice. */
  private static boolean isSecond(Method method, Class<?> type) {
    return method.isSynthetic()
        && Stream.of(type.getMethods())
            .anyMatch(
                other ->
                    !other.isSynthetic()
                        && other.getName().equals(method.getName())
                        && Arrays.equals(other.getParameterTypes(), method.getParameterTypes()));
  }
}
