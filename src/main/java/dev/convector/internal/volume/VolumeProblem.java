package dev.convector.internal.volume;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.Conv3dShape;
import dev.convector.ConvShape;
import dev.convector.ConvTransposeShape;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import dev.convector.TransposedAxis;
import dev.convector.internal.padding.FoldWork;
import dev.convector.internal.padding.PadWork;
import dev.convector.internal.padding.PaddedAxis;
import dev.convector.internal.padding.PaddedConv;
import dev.convector.internal.padding.PaddedImages;
import dev.convector.internal.padding.PaddedTransposedConv;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;
import dev.convector.internal.problem.TransposedProblem;
import dev.convector.internal.volume.PlaneSum.Term;
import java.util.ArrayList;
import java.util.List;

/**
 * All that there is to know of a three-dimensional convolution but its weights.
 *
 * @param planar whether the depth is 1 whatever the input's sizes
 */
public record VolumeProblem(
    Conv3dShape shape,
    PaddingMode mode,
    Layout layout,
    Activation activation,
    Accuracy accuracy,
    boolean planar) {

  public VolumeProblem(
      Conv3dShape shape,
      PaddingMode mode,
      Layout layout,
      Activation activation,
      Accuracy accuracy) {
    this(shape, mode, layout, activation, accuracy, false);
  }

  /**
   * The same problem with planes alone, where neighbouring axes are seen by no window: their
   * elements are as those of one axis. So kernels of {@code 1x1x1}, {@code kx1x1} and {@code 1x1xk}
   * are two-dimensional.
   */
  public VolumeProblem asPlanar() {
    Axis d = shape.depth();
    Axis h = shape.rows();
    Axis w = shape.columns();
    if (isPlain(h) && isPlain(w)) {
      return of(d, Axis.of(h.size() * w.size()));
    }
    return isPlain(d) && isPlain(h) ? of(Axis.of(d.size() * h.size()), w) : this;
  }

  private static boolean isPlain(Axis a) {
    return a.kernel() == 1 && a.stride() == 1 && !a.isPadded();
  }

  private VolumeProblem of(Axis rows, Axis columns) {
    Conv3dShape planes =
        new Conv3dShape(
            shape.batch(),
            shape.channels(),
            Axis.of(1),
            rows,
            columns,
            shape.filters(),
            shape.groups());
    return new VolumeProblem(planes, mode, layout, activation, accuracy, true);
  }

  private boolean channelsLast() {
    return layout == Layout.NHWC;
  }

  /**
   * Whether volumes are turned channels-last. Not by their depth, which may be another for the same
   * packed weights.
   */
  private boolean isTurned() {
    return !channelsLast() && !planar;
  }

  private Layout planeLayout() {
    return isTurned() ? Layout.NHWC : layout;
  }

  /** Whether volumes are padded in memory, and so nowhere else. */
  private boolean isPaddedFirst() {
    return mode != PaddingMode.ZEROS && shape.isPadded();
  }

  /** The axis that the plane's convolution is told of. */
  private Axis inner(Axis a) {
    return isPaddedFirst() ? PaddedConv.unpadded(a) : a;
  }

  /** The axis along which planes are summed. */
  public Axis innerDepth() {
    return inner(shape.depth());
  }

  /** The convolution of a plane with a slice of the kernel. */
  public ConvProblem plane(Activation of) {
    ConvShape plane =
        new ConvShape(
            1,
            shape.channels(),
            inner(shape.rows()),
            inner(shape.columns()),
            shape.filters(),
            shape.groups());
    return new ConvProblem(ConvProblem.canonical(plane), planeLayout(), of, accuracy);
  }

  /** The transposed convolution of a plane of the output's gradient with a slice of the kernel. */
  public TransposedProblem planeBack() {
    ConvTransposeShape back = ConvTransposeShape.back(shape.plane());
    ConvTransposeShape plane =
        isPaddedFirst()
            ? new ConvTransposeShape(
                1,
                back.channels(),
                back.rows().uncut(),
                back.columns().uncut(),
                back.filters(),
                back.groups())
            : back;
    return new TransposedProblem(plane, planeLayout(), Activation.NONE, accuracy);
  }

  /**
   * Of each output plane the slices that meet an input plane, and in the end one that always takes
   * part, since bias and activation are its.
   */
  public List<List<Term>> terms(int last) {
    Axis a = innerDepth();
    List<List<Term>> terms = new ArrayList<>();
    for (int output = 0; output < a.output(); output++) {
      List<Term> sum = new ArrayList<>();
      int origin = output * a.stride() - a.padBefore();
      for (int slice = 0; slice < a.kernel(); slice++) {
        int plane = origin + slice * a.dilation();
        if (slice != last && plane >= 0 && plane < a.size()) {
          sum.add(new Term(slice, plane));
        }
      }
      int plane = origin + last * a.dilation();
      sum.add(new Term(last, plane >= 0 && plane < a.size() ? plane : -1));
      terms.add(sum);
    }
    return terms;
  }

  /** The slice that meets an input plane for the most output planes, or nearly. */
  public int middle() {
    Axis a = innerDepth();
    return Math.min(a.kernel() - 1, Math.ceilDiv(a.padBefore(), a.dilation()));
  }

  /** Of each plane of the input the slices that met it, each with a plane of the output. */
  public List<List<Term>> termsBack() {
    Axis a = innerDepth();
    int reached = isPaddedFirst() ? (a.output() - 1) * a.stride() + a.effectiveKernel() : a.size();
    List<List<Term>> terms = new ArrayList<>();
    for (int input = 0; input < reached; input++) {
      List<Term> sum = new ArrayList<>();
      for (int slice = 0; slice < a.kernel(); slice++) {
        long place = (long) input + a.padBefore() - (long) slice * a.dilation();
        if (place >= 0 && place % a.stride() == 0 && place / a.stride() < a.output()) {
          sum.add(new Term(slice, (int) (place / a.stride())));
        }
      }
      terms.add(sum.isEmpty() ? List.of(new Term(0, -1)) : sum);
    }
    return terms;
  }

  /** Volumes of a round: all where nothing is kept between steps. */
  public int together() {
    if (!isTurned() && !isPaddedFirst()) {
      return shape.batch();
    }
    long input = shape.channels();
    for (Axis a : axes()) {
      input *= PaddedAxis.padded(a);
    }
    long output = shape.outputSize() / shape.batch();
    return PaddedImages.together(shape.batch(), Math.max(input, output));
  }

  /** What a plan of the convolution runs, with the sums of a round's planes. */
  public RunSteps steps(PackedWork sum) {
    PadWork pad =
        isPaddedFirst()
            ? new PadWork(
                new PaddedImages(
                    together(),
                    shape.channels(),
                    channelsLast(),
                    axes().stream().map(a -> PaddedAxis.of(mode, a)).toList()))
            : null;
    int positions = 1;
    for (Axis a : axes()) {
      positions *= inner(a).size();
    }
    int outputs = shape.outputSize() / shape.batch() / shape.filters();
    VolumeSteps steps =
        new VolumeSteps(
            new VolumeSteps.Side(together(), shape.channels(), positions),
            new VolumeSteps.Side(together(), shape.filters(), outputs),
            isTurned(),
            shape.batch() / together(),
            shape.multiplyAdds());
    return steps.around(sum, pad, null);
  }

  /** What a plan of the gradient runs, with the sums of a round's planes. */
  public RunSteps stepsBack(PackedWork sum) {
    FoldWork fold =
        isPaddedFirst()
            ? new FoldWork(
                new PaddedImages(
                    together(),
                    shape.channels(),
                    channelsLast(),
                    axes().stream().map(this::folded).toList()),
                Activation.NONE,
                null)
            : null;
    int positions = 1;
    for (Axis a : axes()) {
      positions *= fold == null ? a.size() : folded(a).places();
    }
    int outputs = shape.outputSize() / shape.batch() / shape.filters();
    VolumeSteps steps =
        new VolumeSteps(
            new VolumeSteps.Side(together(), shape.filters(), outputs),
            new VolumeSteps.Side(together(), shape.channels(), positions),
            isTurned(),
            shape.batch() / together(),
            shape.multiplyAdds());
    return steps.around(sum, null, fold);
  }

  private PaddedAxis folded(Axis a) {
    return PaddedTransposedConv.folded(mode, TransposedAxis.back(a));
  }

  private List<Axis> axes() {
    return List.of(shape.depth(), shape.rows(), shape.columns());
  }
}
