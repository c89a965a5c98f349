/**
 * Runs ONNX convolutional networks in pure Java.
 *
 * <p>Start at {@link dev.convector.onnx.OnnxModel}.
 */
module dev.convector.onnx {
  requires transitive dev.convector;
  requires jdk.incubator.vector;
  requires org.tribuo.util.onnx;
  requires com.google.protobuf;

  exports dev.convector.onnx;
}
