package dev.convector.onnx.internal.operator;

/** Operators that reshape, move, reduce and normalise whole tensors. */
final class TensorTable {
  private TensorTable() {}

  static void addTo(Operators.Adder table) {
    shapes(table);
    moves(table);
    reductions(table);
    normalizations(table);
  }

  private static void shapes(Operators.Adder table) {
    table.add("Identity", new Reshaping());
    table.add("Dropout", new Reshaping(), "is_test<7", "ratio<12", "seed");
    table.add("Reshape", new Reshaping(), "allowzero");
    table.add("Flatten", new Reshaping(), "axis");
    table.add("Squeeze", new Reshaping(), "axes<13");
    table.add("Unsqueeze", new Reshaping(), "axes<13");
    table.add("Shape", new ShapeOf(), "start", "end");
    table.add("Size", new ShapeOf());
    table.add(
        "Constant",
        new Constants(),
        "value",
        "value_float",
        "value_floats",
        "value_int",
        "value_ints");
    table.add("ConstantOfShape", new Constants(), "value");
    table.add("Range", new Constants());
  }

  private static void moves(Operators.Adder table) {
    table.add("Transpose", new Transposing(), "perm");
    table.add("Concat", new Concatenation(), "axis");
    table.add("Split", new Splitting(), "axis", "num_outputs", "split<13");
    table.add("Slice", new Slicing(), "axes<10", "ends<10", "starts<10");
    table.add("Gather", new Gathering(), "axis");
    table.add("GatherElements", new GatheringElements(), "axis");
    table.add("Expand", new Repeating());
    table.add("Tile", new Repeating());
    table.add("Pad", new Padding(), "mode", "pads<11", "value<11");
    table.add("Trilu", new Triangle(), "upper");
    table.add("DepthToSpace", new SpaceAndDepth(), "blocksize", "mode");
    table.add("SpaceToDepth", new SpaceAndDepth(), "blocksize");
  }

  private static void reductions(Operators.Adder table) {
    for (Reduction.Kind kind : Reduction.Kind.values()) {
      String axes = "axes<" + Reduction.axesAreInputs(kind);
      table.add(kind.operator(), new Reduction(kind), axes, "keepdims", "noop_with_empty_axes");
    }
    table.add("CumSum", new Accumulation(), "exclusive", "reverse");
    table.add("TopK", new Largest(), "axis", "k<10", "largest", "sorted");
    table.add("ArgMax", new Extremum(true), "axis", "keepdims", "select_last_index");
    table.add("ArgMin", new Extremum(false), "axis", "keepdims", "select_last_index");
  }

  private static void normalizations(Operators.Adder table) {
    table.add("Softmax", new Softmax(Softmax.Kind.SOFTMAX), "axis");
    table.add("LogSoftmax", new Softmax(Softmax.Kind.LOG_SOFTMAX), "axis");
    table.add(
        "BatchNormalization",
        new BatchNormalization(),
        "consumed_inputs",
        "epsilon",
        "is_test",
        "momentum",
        "spatial",
        "training_mode");
    table.add("InstanceNormalization", new GroupNormalization(), "epsilon");
    table.add(
        "GroupNormalization", new GroupNormalization(), "epsilon", "num_groups", "stash_type");
    table.add("LayerNormalization", new LayerNormalization(), "axis", "epsilon", "stash_type");
    table.add("LRN", new LocalResponse(), "alpha", "beta", "bias", "size");
  }
}
