package dev.convector.internal.volume;

import dev.convector.Axis;
import dev.convector.Conv3dShape;
import dev.convector.ConvShape;
import dev.convector.internal.dense.DenseTapConv;
import dev.convector.internal.dense.Planes;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.volume.PlaneSum.Term;
import java.util.ArrayList;
import java.util.List;

/**
 * A convolution of volumes of few channels, whose output planes are one sum each over the listed
 * taps of all planes that they see: so results are stored once, where a sum of planes would load
 * and store them for each slice of the kernel. Slices that meet no plane are left out.
 */
public final class ListedPlanes {
  private final VolumeProblem problem;
  private final DenseWeights weights;
  private final Epilogue epilogue;

  /** Packs weights and a bias, which may be null, of a problem that is accepted. */
  public ListedPlanes(VolumeProblem problem, float[] weights, float[] bias) {
    this(
        problem,
        DenseWeights.pack(stacked(problem.shape()), weights),
        Epilogue.of(problem.plane(problem.activation()), bias));
  }

  private ListedPlanes(VolumeProblem problem, DenseWeights weights, Epilogue epilogue) {
    this.problem = problem;
    this.weights = weights;
    this.epilogue = epilogue;
  }

  /** Whether it can compute a problem. */
  public static boolean accepts(VolumeProblem problem) {
    Conv3dShape s = problem.shape();
    return DenseTapConv.accepts(problem.plane(problem.activation()).shape(), s.depth().kernel())
        && DenseWeights.refusal(stacked(s)) == null;
  }

  /** The slices of the kernel below one another, as the weights lie. */
  private static ConvShape stacked(Conv3dShape s) {
    return new ConvShape(
        1,
        s.channels(),
        window(s.depth().kernel() * s.rows().kernel()),
        window(s.columns().kernel()),
        s.filters(),
        s.groups());
  }

  private static Axis window(int taps) {
    return new Axis(taps, taps, 1, 1, 0, 0);
  }

  /** The same weights for a problem that differs in batch, depth, height and width alone. */
  public ListedPlanes withProblem(VolumeProblem other) {
    return new ListedPlanes(other, weights, epilogue);
  }

  /** The weights as they were given. */
  public float[] original() {
    return weights.unpack(stacked(problem.shape()));
  }

  /** Bytes of weights and bias. */
  public long bytes() {
    return weights.bytes() + epilogue.bytes();
  }

  /** The sums of a round's planes: a work for each range of slices that meet planes together. */
  public PackedWork sum() {
    Axis depth = problem.innerDepth();
    TapRanges ranges = TapRanges.of(depth);
    ConvProblem plane = problem.plane(problem.activation());
    List<PackedWork> works = new ArrayList<>();
    List<List<Term>> terms = new ArrayList<>();
    for (int range = 0; range < ranges.count(); range++) {
      int first = ranges.firstTap(range);
      int count = ranges.endTap(range) - first;
      // Without any plane there is one of zeros, so that bias and activation take part.
      Planes planes =
          new Planes(depth.kernel(), count == 0 ? 0 : first, Math.max(1, count), depth.dilation());
      for (int output = ranges.start(range); output < ranges.end(range); output++) {
        int origin = output * depth.stride() - depth.padBefore();
        int from = count == 0 ? -1 : origin + first * depth.dilation();
        terms.add(List.of(new Term(works.size(), from, planes.span())));
      }
      works.add(new DenseTapConv(plane, planes, weights, epilogue));
    }
    return new PlaneSum(
        works,
        terms,
        problem.together(),
        depth.size(),
        plane.shape().inputSize(),
        plane.shape().outputSize());
  }
}
