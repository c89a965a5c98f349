package dev.convector.jmh.contender;

import dev.convector.onnx.OnnxModel;
import dev.convector.onnx.Session;
import dev.convector.onnx.SessionOptions;
import dev.convector.onnx.Tensor;
import java.util.Map;

/** A network in Convector's ONNX module, its plans made ahead for the only shape. */
public final class ConvectorNetwork extends ConvectorContender {
  private final Session session;
  private final Map<String, Tensor> inputs;
  private Map<String, Tensor> outputs;

  public ConvectorNetwork(NetworkTask task, int threads) {
    super(threads);
    OnnxModel model = OnnxModel.load(task.file());
    String input = model.inputs().getFirst().name();
    session =
        model.session(
            SessionOptions.defaults().execution(execution).inputShape(input, task.shape()));
    inputs = Map.of(input, Tensor.of(task.pixels(), task.shape()));
  }

  @Override
  public void run() {
    outputs = session.run(inputs);
  }

  @Override
  public float[] output() {
    return outputs.values().iterator().next().floats().clone();
  }
}
