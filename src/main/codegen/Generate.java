import java.io.IOException;

/** Writes all generated kernels: {@code java Generate.java <output root>}, run by the build. */
public final class Generate {
  private Generate() {}

  public static void main(String[] args) throws IOException {
    DenseKernels.write(args[0]);
    Depthwise3x3Kernels.main(args);
    DepthwiseKernels.main(args);
    DepthwisePixelKernels.main(args);
    GroupedKernels.main(args);
    GroupedPixelKernels.main(args);
    TransposeKernels.main(args);
    TransposedKernels.write(args[0]);
    WinogradKernels.main(args);
  }
}
