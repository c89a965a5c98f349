package dev.convector.onnx.internal.operator;

/** The convolutional family: what slides windows, resizes, and multiplies matrices. */
final class ConvolutionTable {
  private ConvolutionTable() {}

  static void addTo(Operators.Adder table) {
    table.add(
        "Conv",
        new Convolution(),
        "auto_pad",
        "dilations",
        "group",
        "kernel_shape",
        "pads",
        "strides");
    table.add(
        "ConvTranspose",
        new TransposedConvolution(),
        "auto_pad",
        "dilations",
        "group",
        "kernel_shape",
        "output_padding",
        "output_shape",
        "pads",
        "strides");
    table.add(
        "MaxPool",
        new Pooling(true),
        "auto_pad",
        "ceil_mode",
        "dilations",
        "kernel_shape",
        "pads",
        "storage_order",
        "strides");
    table.add(
        "AveragePool",
        new Pooling(false),
        "auto_pad",
        "ceil_mode",
        "count_include_pad",
        "dilations",
        "kernel_shape",
        "pads",
        "strides");
    table.add("MaxUnpool", new Unpooling(), "kernel_shape", "pads", "strides");
    table.add("GlobalMaxPool", new GlobalPooling(true));
    table.add("GlobalAveragePool", new GlobalPooling(false));
    table.add(
        "Resize",
        new Resizing(),
        "antialias",
        "axes",
        "coordinate_transformation_mode",
        "cubic_coeff_a",
        "exclude_outside",
        "extrapolation_value",
        "keep_aspect_ratio_policy",
        "mode",
        "nearest_mode");
    table.add("Upsample", new Resizing(), "mode", "scales<9");
    table.add("MatMul", new MatrixProduct());
    table.add("Gemm", new GeneralProduct(), "alpha", "beta", "broadcast<7", "transA", "transB");
  }
}
