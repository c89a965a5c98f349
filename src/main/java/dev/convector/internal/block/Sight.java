package dev.convector.internal.block;

import dev.convector.ConvShape;
import dev.convector.ConvTransposeShape;
import dev.convector.internal.problem.Elements;
import dev.convector.internal.problem.ImageOrder;
import dev.convector.internal.problem.TransposedProblem;
import java.util.List;

/** What the outputs of a block see of images in some memory order. */
public record Sight(ImageOrder order, Reach rows, Reach columns) {

  /** Of a convolution's input. */
  public static Sight of(ConvShape s, boolean channelsLast) {
    return new Sight(ImageOrder.input(s, channelsLast), Reach.of(s.rows()), Reach.of(s.columns()));
  }

  /** Of a transposed convolution's input. */
  public static Sight of(TransposedProblem problem) {
    List<Reach> reaches = reaches(problem.shape());
    return new Sight(
        ImageOrder.input(problem.input(), problem.channelsLast()), reaches.get(0), reaches.get(1));
  }

  /** Of a transposed convolution's rows and columns. */
  public static List<Reach> reaches(ConvTransposeShape s) {
    return List.of(Reach.of(s.rows()), Reach.of(s.columns()));
  }

  /** Adds what the outputs that are the region see; it is another one then. */
  public void add(Elements elements) {
    Elements.Region r = elements.region;
    if (r.images > 1) {
      // Several are described as whole ones.
      r.rows(0, order.height());
      r.columns(0, order.width());
    } else {
      r.rows(clip(rows.first(r.row), order.height()), clip(rows.end(r.endRow), order.height()));
      r.columns(
          clip(columns.first(r.column), order.width()),
          clip(columns.end(r.endColumn), order.width()));
    }
    elements.add(order);
  }

  private static int clip(int place, int size) {
    return Math.clamp(place, 0, size);
  }
}
