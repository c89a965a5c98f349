package dev.convector.jmh.regression;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Set;

/**
 * One version of the library. The library's classes come from its jar or folder; those that call
 * it, the {@link Subject}s, are defined here anew from the tool's own bytes, so that each version
 * is called directly, without reflection, and what the two share is only what is named by the tool.
 */
final class VersionLoader extends URLClassLoader {
  private static final String TOOL = "dev.convector.jmh.";
  private static final Set<String> SUBJECTS =
      Set.of(
          Pooled.class.getName(),
          Words.class.getName(),
          ConvSubject.class.getName(),
          FamilySubject.class.getName(),
          WeightsGradientSubject.class.getName(),
          SeparableSubject.class.getName(),
          GemmSubject.class.getName());

  private final ClassLoader tool = VersionLoader.class.getClassLoader();

  /**
   * @param place a jar or a folder of classes
   */
  VersionLoader(String label, Path place) throws MalformedURLException {
    super(label, new URL[] {place.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
  }

  /** A case made ready: its plan exists. */
  Subject prepare(Case task, Operands data, int threads) throws ReflectiveOperationException {
    return (Subject)
        loadClass(task.kind().subject())
            .getConstructor(Case.class, Operands.class, int.class)
            .newInstance(task, data, threads);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    // With what the compiler makes beside them, as for a switch.
    if (SUBJECTS.contains(name.replaceFirst("\\$.*", ""))) {
      try (InputStream stream = tool.getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = stream.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
    return name.startsWith(TOOL) ? tool.loadClass(name) : super.findClass(name);
  }
}
