package dev.convector.jmh.contender;

import dev.convector.jmh.layer.GemmSize;
import dev.ludovic.netlib.blas.JavaBLAS;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * netlib's VectorBLAS, on the Vector API: {@code sgemm}, and {@code sgemv} for one row.
 * Column-major as in Fortran, so it computes the transposed product B' A'. One thread only.
 */
public final class NetlibLibrary implements Library {
  /** It complains that the wrappers of native libraries, which it looks for first, are missing. */
  private static final Logger LOGGER = Logger.getLogger("dev.ludovic.netlib.blas.InstanceBuilder");

  @Override
  public String name() {
    return "netlib";
  }

  @Override
  public String version() {
    return JavaBLAS.getInstance().getClass().getSimpleName();
  }

  @Override
  public boolean isNative() {
    return false;
  }

  @Override
  public List<String> variants(GemmSize size) {
    return List.of("plain");
  }

  @Override
  public Contender prepare(GemmTask task, String variant, int threads) {
    LOGGER.setLevel(Level.OFF);
    return new Product(task);
  }

  private static final class Product implements Contender {
    private final JavaBLAS blas = JavaBLAS.getInstance();
    private final GemmTask task;
    private final float[] c;

    Product(GemmTask task) {
      this.task = task;
      c = new float[task.size().m() * task.size().n()];
    }

    @Override
    public void run() {
      int m = task.size().m();
      int n = task.size().n();
      int k = task.size().k();
      if (m == 1) {
        blas.sgemv("N", n, k, 1, task.b(), n, task.a(), 1, 0, c, 1);
      } else {
        blas.sgemm("N", "N", n, m, k, 1, task.b(), n, task.a(), k, 0, c, n);
      }
    }

    @Override
    public float[] output() {
      return c.clone();
    }
  }
}
