package dev.convector.onnx;

import dev.convector.onnx.internal.compile.CompiledShape;
import dev.convector.onnx.internal.compile.ShapeCache;
import dev.convector.onnx.internal.execute.Arenas;
import dev.convector.onnx.internal.format.ExternalData;
import dev.convector.onnx.internal.format.ModelReader;
import dev.convector.onnx.internal.graph.Graph;
import java.util.List;

/** Runs a model node by node, as it was read: what rewriting must not change. */
final class Plain {
  private Plain() {}

  /** The first output. */
  static float[] run(byte[] model, Tensor input) {
    Graph graph = ModelReader.read(model, ExternalData.NONE);
    SessionOptions options = SessionOptions.defaults();
    CompiledShape compiled = new ShapeCache(graph, options).get(List.of(input));
    Object[] inputs = {input.floats()};
    return (float[]) compiled.run(inputs, new Arenas(), options.execution())[0];
  }
}
