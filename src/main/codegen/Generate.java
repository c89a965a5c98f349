import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Writes all generated kernels: {@code java Generate.java <output root>}, run by the build. */
public final class Generate {
  private Generate() {}

  public static void main(String[] args) throws IOException {
    empty(Path.of(args[0]));
    DenseDotKernels.write(args[0]);
    DenseDotWindowKernels.write(args[0]);
    DenseKernels.write(args[0]);
    DensePointKernels.write(args[0]);
    DenseTapKernels.write(args[0]);
    Depthwise3x3Kernels.write(args[0]);
    Depthwise3x3TileKernels.write(args[0]);
    DepthwiseGridKernels.write(args[0]);
    DepthwiseInsideKernels.write(args[0]);
    DepthwiseKernels.write(args[0]);
    DepthwisePixelKernels.write(args[0]);
    DepthwisePixelTapKernels.write(args[0]);
    DepthwiseSumKernels.write(args[0]);
    DepthwiseTapTileKernels.write(args[0]);
    DotKernels.write(args[0]);
    ExponentialKernels.write(args[0]);
    GeluKernels.write(args[0]);
    GroupedJoinedKernels.write(args[0]);
    GroupedKernels.write(args[0]);
    GroupedPixelKernels.write(args[0]);
    GroupedPointKernels.write(args[0]);
    OuterKernels.write(args[0]);
    PixelTapKernels.write(args[0]);
    PoolKernels.write(args[0]);
    PoolPixelKernels.write(args[0]);
    PoolStripKernels.write(args[0]);
    TapKernels.write(args[0]);
    TransposeKernels.write(args[0]);
    TransposedKernels.write(args[0]);
    TransposedTileKernels.write(args[0]);
    WinogradKernels.write(args[0]);
  }

  /** What a template that is gone has printed must not be compiled. */
  private static void empty(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> all = Files.walk(root)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    }
  }
}
