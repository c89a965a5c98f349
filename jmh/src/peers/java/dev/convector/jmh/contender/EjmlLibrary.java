package dev.convector.jmh.contender;

import dev.convector.jmh.layer.GemmSize;
import java.util.List;
import org.ejml.EjmlVersion;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;

/** EJML's dense product in plain Java. One thread only. */
public final class EjmlLibrary implements Library {
  @Override
  public String name() {
    return "ejml";
  }

  @Override
  public String version() {
    return EjmlVersion.VERSION;
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
    return new Product(task);
  }

  private static final class Product implements Contender {
    private final FMatrixRMaj a;
    private final FMatrixRMaj b;
    private final FMatrixRMaj c;

    Product(GemmTask task) {
      GemmSize size = task.size();
      a = new FMatrixRMaj(size.m(), size.k(), true, task.a());
      b = new FMatrixRMaj(size.k(), size.n(), true, task.b());
      c = new FMatrixRMaj(size.m(), size.n());
    }

    @Override
    public void run() {
      CommonOps_FDRM.mult(a, b, c);
    }

    @Override
    public float[] output() {
      return c.data.clone();
    }
  }
}
