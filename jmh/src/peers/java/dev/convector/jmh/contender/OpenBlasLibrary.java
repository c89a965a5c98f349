package dev.convector.jmh.contender;

import dev.convector.jmh.layer.GemmSize;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.presets.openblas_nolapack;

/** OpenBLAS: {@code sgemm}, and {@code sgemv} for one row. It has no call that packs B ahead. */
public final class OpenBlasLibrary implements Library {
  @Override
  public String name() {
    return "openblas";
  }

  @Override
  public String version() {
    return openblas.OPENBLAS_VERSION.replace("OpenBLAS", "").strip();
  }

  @Override
  public List<String> variants(GemmSize size) {
    return List.of("plain");
  }

  @Override
  public Contender prepare(GemmTask task, String variant, int threads) {
    openblas_nolapack.blas_set_num_threads(threads);
    return new Product(task);
  }

  private static final class Product implements Contender {
    private final GemmSize size;
    private final FloatPointer a;
    private final FloatPointer b;
    private final FloatPointer c;

    Product(GemmTask task) {
      size = task.size();
      a = new FloatPointer(task.a());
      b = new FloatPointer(task.b());
      c = new FloatPointer((long) size.m() * size.n());
    }

    @Override
    public void run() {
      int m = size.m();
      int n = size.n();
      int k = size.k();
      if (m == 1) {
        openblas.cblas_sgemv(
            openblas.CblasRowMajor, openblas.CblasTrans, k, n, 1, b, n, a, 1, 0, c, 1);
      } else {
        openblas.cblas_sgemm(
            openblas.CblasRowMajor,
            openblas.CblasNoTrans,
            openblas.CblasNoTrans,
            m,
            n,
            k,
            1,
            a,
            k,
            b,
            n,
            0,
            c,
            n);
      }
    }

    @Override
    public float[] output() {
      float[] values = new float[size.m() * size.n()];
      c.get(values);
      return values;
    }
  }
}
