package dev.convector.internal.plan;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Conv3dShape;
import dev.convector.ConvShape;
import dev.convector.ConvTransposeShape;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;
import dev.convector.internal.volume.PlaneSum;
import dev.convector.internal.volume.VolumeProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A packed three-dimensional convolution: a two-dimensional one for each slice of the kernel.
 *
 * <p>Bias and activation belong to one slice, whose turn comes last: so the others' sums are plain,
 * and each slice is packed once. Where that slice meets no input plane, it is given one of zeros.
 */
public final class VolumeConv {
  private final VolumeProblem problem;
  private final List<ResizableConv> slices;
  private final int last;

  private VolumeConv(VolumeProblem problem, List<ResizableConv> slices, int last) {
    this.problem = problem;
    this.slices = slices;
    this.last = last;
  }

  /** Why a problem can't be computed in this way; empty if it can. */
  public static Optional<String> refusal(VolumeProblem problem, Algorithm algorithm) {
    return AlgorithmList.refusal(problem.plane(problem.activation()), algorithm);
  }

  /**
   * Packs weights of checked length.
   *
   * @throws IllegalArgumentException if an algorithm that is forced refuses
   */
  public static VolumeConv pack(
      VolumeProblem problem, Algorithm algorithm, float[] weights, float[] bias) {
    int last = problem.middle();
    List<ResizableConv> slices = new ArrayList<>();
    for (int slice = 0; slice < problem.shape().depth().kernel(); slice++) {
      float[] part = slice(problem.shape(), weights, slice);
      ConvProblem plane = plane(problem, slice == last);
      slices.add(ResizableConv.pack(plane, algorithm, part, slice == last ? bias : null));
    }
    return new VolumeConv(problem, slices, last);
  }

  /**
   * The same weights for a problem that differs in batch, depth, height and width alone.
   *
   * @throws IllegalArgumentException if an algorithm that was forced refuses
   */
  public VolumeConv withProblem(VolumeProblem other) {
    List<ResizableConv> resized = new ArrayList<>();
    for (int slice = 0; slice < slices.size(); slice++) {
      resized.add(slices.get(slice).withProblem(plane(other, slice == last)));
    }
    return new VolumeConv(other, resized, last);
  }

  private static ConvProblem plane(VolumeProblem problem, boolean last) {
    return problem.plane(last ? problem.activation() : Activation.NONE);
  }

  /**
   * The packed gradient with respect to the input: a transposed convolution for each slice.
   *
   * @param weights of checked length
   */
  public static Choice packBack(VolumeProblem problem, float[] weights) {
    List<PackedWork> slices = new ArrayList<>();
    Algorithm algorithm = Algorithm.AUTO;
    for (int slice = 0; slice < problem.shape().depth().kernel(); slice++) {
      float[] part = slice(problem.shape(), weights, slice);
      Choice choice = TransposedList.pack(problem.planeBack(), Algorithm.AUTO, part, null);
      slices.add(choice.work());
      algorithm = choice.algorithm();
    }
    ConvTransposeShape plane = problem.planeBack().shape();
    return new Choice(
        algorithm,
        new PlaneSum(
            slices,
            problem.termsBack(),
            problem.together(),
            problem.shape().outputDepth(),
            plane.inputSize(),
            plane.outputSize()));
  }

  /** What a plan runs. */
  public RunSteps steps() {
    ConvShape plane = problem.plane(Activation.NONE).shape();
    int depth = problem.innerDepth();
    return problem.steps(
        new PlaneSum(
            slices.stream().map(ResizableConv::work).toList(),
            problem.terms(last),
            problem.together(),
            depth,
            plane.inputSize(),
            plane.outputSize()));
  }

  /** Never AUTO. */
  public Algorithm algorithm() {
    return slices.getFirst().algorithm();
  }

  /** Bytes of all weights and biases that are kept. */
  public long bytes() {
    return slices.stream().mapToLong(ResizableConv::bytes).sum();
  }

  /** {@code [filters][channels / groups][kernelHeight][kernelWidth]} of one slice. */
  private static float[] slice(Conv3dShape shape, float[] weights, int slice) {
    int area = shape.rows().kernel() * shape.columns().kernel();
    float[] part = new float[weights.length / shape.depth().kernel()];
    for (int i = 0; i < part.length / area; i++) {
      int from = (i * shape.depth().kernel() + slice) * area;
      System.arraycopy(weights, from, part, i * area, area);
    }
    return part;
  }
}
