package dev.convector.internal.simd;

/**
 * Whether the JVM has the Vector API. Apart from {@link Simd}, which can't be loaded without it.
 *
 * <p>On the module path the library's own descriptor brings the module in; on the class path
 * nothing does, and the first kernel would fail with a {@link NoClassDefFoundError} that names no
 * remedy.
 */
public final class VectorModule {
  private static final String NAME = "jdk.incubator.vector";

  private static final boolean PRESENT =
      VectorModule.class.getModule().isNamed() || ModuleLayer.boot().findModule(NAME).isPresent();

  private VectorModule() {}

  /**
   * To be called where a program first meets the library.
   *
   * @throws IllegalStateException if the module is missing
   */
  public static void require() {
    if (!PRESENT) {
      throw new IllegalStateException(
          "Convector needs the Vector API: start Java with --add-modules " + NAME);
    }
  }
}
