package dev.convector.jmh.contender;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/**
 * The number of threads of the OpenMP runtime that the libraries loaded so far share. oneDNN has no
 * call of its own for it, and the variables that would set it are cleared.
 */
public final class OpenMp {
  private OpenMp() {}

  /** For parallel regions that the calling thread starts from now on. */
  @SuppressWarnings("restricted")
  static void threads(int count) {
    var symbol =
        SymbolLookup.loaderLookup()
            .find("omp_set_num_threads")
            .orElseThrow(() -> new IllegalStateException("no OpenMP runtime is loaded"));
    try {
      Linker.nativeLinker()
          .downcallHandle(symbol, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
          .invokeExact(count);
    } catch (Throwable e) {
      throw new IllegalStateException("omp_set_num_threads", e);
    }
  }
}
