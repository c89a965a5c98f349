package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.StridedCopy;
import dev.convector.onnx.internal.execute.StridedCopy.Strided;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.List;

/** DepthToSpace and SpaceToDepth, in the order in which the image lies. */
final class SpaceAndDepth implements Operator {
  @Override
  public String refusal(Node node) {
    String mode = node.attributes().text("mode", "DCR");
    return mode.equals("DCR") || mode.equals("CRD") ? null : "mode " + mode;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.required(0);
    int block = Math.toIntExact(site.attributes().integer("blocksize", 0));
    if (x.rank() != 4 || block < 1) {
      throw new OnnxException(x + " in blocks of " + block + ": must be an image in positive ones");
    }
    boolean toSpace = site.node().is("DepthToSpace");
    boolean rowsFirst = !site.attributes().text("mode", "DCR").equals("CRD");
    int[] small = toSpace ? x.shape() : divided(x, block);
    int[] large = {small[0], small[1] / (block * block), small[2] * block, small[3] * block};
    if (large[1] * block * block != small[1]) {
      throw new OnnxException(x + ": channels don't fit blocks of " + block);
    }
    Operand y = site.output(0, x.type(), toSpace ? large : small, x.order());
    // Axes: batch, block row, block column, channel, row, column. All others lie in between.
    int[] sizes = {small[0], small[2], block, small[3], block, large[1]};
    Operand deep = toSpace ? x : y;
    Operand wide = toSpace ? y : x;
    int[] d = strides(deep);
    int[] w = strides(wide);
    int part = rowsFirst ? large[1] * d[1] : d[1];
    int channel = rowsFirst ? d[1] : block * block * d[1];
    Strided inDeep = new Strided(new int[] {d[0], d[2], block * part, d[3], part, channel}, 0);
    Strided inWide = new Strided(new int[] {w[0], block * w[2], w[2], block * w[3], w[3], w[1]}, 0);
    site.step(
        StridedCopy.of(x, y, toSpace ? inDeep : inWide, toSpace ? inWide : inDeep, sizes),
        List.of(x),
        y);
  }

  private static int[] divided(Operand x, int block) {
    if (x.dimension(2) % block != 0 || x.dimension(3) % block != 0) {
      throw new OnnxException(x + ": can't be divided into blocks of " + block);
    }
    return new int[] {
      x.dimension(0),
      Math.multiplyExact(x.dimension(1), block * block),
      x.dimension(2) / block,
      x.dimension(3) / block
    };
  }

  /** In the model's order of axes. */
  private static int[] strides(Operand x) {
    int[] physical = Shapes.strides(x.physical());
    int[] strides = new int[4];
    for (int i = 0; i < 4; i++) {
      strides[i] = physical[x.place(i)];
    }
    return strides;
  }
}
