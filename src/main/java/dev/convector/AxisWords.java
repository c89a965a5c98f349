package dev.convector;

/** What the messages of one axis call its numbers. */
enum AxisWords {
  /** An axis of no operation in particular, as the record's components are called. */
  PLAIN("size", "", "padBefore", "padAfter"),
  /** The only axis of an operation. */
  LENGTH("length", "", "padBefore", "padAfter"),
  DEPTH("depth", "Depth", "padFront", "padBack"),
  HEIGHT("height", "Height", "padTop", "padBottom"),
  WIDTH("width", "Width", "padLeft", "padRight");

  final String size;
  final String kernel;
  final String stride;
  final String dilation;
  final String padBefore;
  final String padAfter;
  final String outputPadding;
  final String output;

  AxisWords(String size, String ending, String padBefore, String padAfter) {
    this.size = size;
    this.kernel = "kernel" + ending;
    this.stride = "stride" + ending;
    this.dilation = "dilation" + ending;
    this.padBefore = padBefore;
    this.padAfter = padAfter;
    this.outputPadding = "outputPadding" + ending;
    this.output = "output" + ending;
  }
}
