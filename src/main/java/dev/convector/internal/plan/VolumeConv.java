package dev.convector.internal.plan;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Conv3dShape;
import dev.convector.ConvShape;
import dev.convector.ConvTransposeShape;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;
import dev.convector.internal.problem.Subnormals;
import dev.convector.internal.volume.ListedPlanes;
import dev.convector.internal.volume.PlaneSum;
import dev.convector.internal.volume.VolumeProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A packed three-dimensional convolution: of few channels all slices of the kernel together, else a
 * two-dimensional convolution for each slice.
 *
 * <p>Bias and activation belong to one slice, whose turn comes last: so the others' sums are plain,
 * and each slice is packed once. Where that slice meets no input plane, it is given one of zeros.
 */
public final class VolumeConv {
  private final VolumeProblem problem;
  private final Algorithm asked;

  /** Null where slices are packed one by one. */
  private final ListedPlanes listed;

  private final List<ResizableConv> slices;
  private final int last;
  private final float[] bias;

  private VolumeConv(
      VolumeProblem problem,
      Algorithm asked,
      ListedPlanes listed,
      List<ResizableConv> slices,
      int last,
      float[] bias) {
    this.problem = problem;
    this.asked = asked;
    this.listed = listed;
    this.slices = slices;
    this.last = last;
    this.bias = bias;
  }

  /** Why a problem can't be computed in this way; empty if it can. */
  public static Optional<String> refusal(VolumeProblem problem, Algorithm algorithm) {
    return AlgorithmList.refusal(problem.plane(problem.activation()), algorithm);
  }

  /**
   * Packs weights of checked length; they and a bias that is not null are copied.
   *
   * @throws IllegalArgumentException if an algorithm that is forced refuses
   */
  public static VolumeConv pack(
      VolumeProblem problem, Algorithm algorithm, float[] weights, float[] bias) {
    float[] copy = bias == null ? null : bias.clone();
    if (isListed(problem, algorithm)) {
      float[] flushed = Subnormals.flushed(problem.accuracy(), weights);
      ListedPlanes listed = new ListedPlanes(problem, flushed, bias);
      return new VolumeConv(problem, algorithm, listed, List.of(), 0, copy);
    }
    int last = problem.middle();
    List<ResizableConv> slices = new ArrayList<>();
    for (int slice = 0; slice < problem.shape().depth().kernel(); slice++) {
      float[] part = slice(problem.shape(), weights, slice);
      ConvProblem plane = plane(problem, slice == last);
      slices.add(ResizableConv.pack(plane, algorithm, part, slice == last ? bias : null));
    }
    return new VolumeConv(problem, algorithm, null, slices, last, copy);
  }

  private static boolean isListed(VolumeProblem problem, Algorithm algorithm) {
    return problem.shape().depth().kernel() > 1
        && ListedPlanes.accepts(problem)
        && AlgorithmList.planesPay(plane(problem, true), algorithm);
  }

  /**
   * The same weights for a problem that differs in batch, depth, height and width alone.
   *
   * @throws IllegalArgumentException if an algorithm that was forced refuses
   */
  public VolumeConv withProblem(VolumeProblem other) {
    boolean isListed = isListed(other, asked);
    if (isListed != (listed != null)) {
      return pack(other, asked, original(), bias);
    }
    if (isListed) {
      return new VolumeConv(other, asked, listed.withProblem(other), slices, last, bias);
    }
    List<ResizableConv> resized = new ArrayList<>();
    for (int slice = 0; slice < slices.size(); slice++) {
      resized.add(slices.get(slice).withProblem(plane(other, slice == last)));
    }
    return new VolumeConv(other, asked, null, resized, last, bias);
  }

  private float[] original() {
    if (listed != null) {
      return listed.original();
    }
    float[] weights = new float[problem.shape().weightsSize()];
    for (int slice = 0; slice < slices.size(); slice++) {
      float[] part = slices.get(slice).original();
      for (int i = 0; i < part.length; i += area(problem.shape())) {
        int to = place(problem.shape(), i, slice);
        System.arraycopy(part, i, weights, to, area(problem.shape()));
      }
    }
    return weights;
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
    return problem.steps(listed == null ? planeSum() : listed.sum());
  }

  private PlaneSum planeSum() {
    ConvShape plane = problem.plane(Activation.NONE).shape();
    return new PlaneSum(
        slices.stream().map(ResizableConv::work).toList(),
        problem.terms(last),
        problem.together(),
        problem.innerDepth().size(),
        plane.inputSize(),
        plane.outputSize());
  }

  /** Never AUTO. */
  public Algorithm algorithm() {
    return listed == null ? slices.getFirst().algorithm() : Algorithm.DIRECT;
  }

  /** Bytes of all weights and biases that are kept. */
  public long bytes() {
    long kept = bias == null ? 0 : (long) Float.BYTES * bias.length;
    return kept
        + (listed == null ? slices.stream().mapToLong(ResizableConv::bytes).sum() : listed.bytes());
  }

  /** {@code [filters][channels / groups][kernelHeight][kernelWidth]} of one slice. */
  private static float[] slice(Conv3dShape shape, float[] weights, int slice) {
    int area = area(shape);
    float[] part = new float[weights.length / shape.depth().kernel()];
    for (int i = 0; i < part.length; i += area) {
      System.arraycopy(weights, place(shape, i, slice), part, i, area);
    }
    return part;
  }

  private static int area(Conv3dShape shape) {
    return shape.rows().kernel() * shape.columns().kernel();
  }

  /** Where among all weights an element of a slice lies that begins a filter's channel. */
  private static int place(Conv3dShape shape, int element, int slice) {
    return element * shape.depth().kernel() + slice * area(shape);
  }
}
