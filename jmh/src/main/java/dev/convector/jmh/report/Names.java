package dev.convector.jmh.report;

import java.util.Map;

/** How contenders are called where people read. */
final class Names {
  private static final Map<String, String> LIBRARIES =
      Map.of(
          "convector", "Convector",
          "onednn", "oneDNN",
          "onnxruntime", "ONNX Runtime",
          "libtorch", "libtorch",
          "openblas", "OpenBLAS",
          "netlib", "netlib VectorBLAS",
          "ejml", "EJML");

  private Names() {}

  /** Of a library, or of a contender without its layout, which the place already names. */
  static String of(String contender) {
    String library = library(contender);
    String name = LIBRARIES.getOrDefault(library, library);
    String common = library.equals("convector") ? "NHWC|NCHW|packed" : "NHWC|NCHW|packed|plain";
    String rest =
        contender
            .substring(library.length())
            .replaceFirst("^/(" + common + ")(?=/|$)", "")
            .replace('/', ' ');
    return name
        + rest.replace(" direct", " without Winograd")
            .replace(" serial", " on one thread")
            .replace(" warmed", " after warmUp()")
            .replace(" AUTO", "");
  }

  /** The part before the slash. */
  static String library(String contender) {
    int slash = contender.indexOf('/');
    return slash < 0 ? contender : contender.substring(0, slash);
  }
}
