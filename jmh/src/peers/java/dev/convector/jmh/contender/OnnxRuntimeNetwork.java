package dev.convector.jmh.contender;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/** A network in ONNX Runtime. Its output is a new one with each run, as Convector's is. */
public final class OnnxRuntimeNetwork implements Contender {
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs;
  private OrtSession.Result result;

  OnnxRuntimeNetwork(NetworkTask task, int threads) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (var options = OnnxRuntimeLibrary.options(threads)) {
      session = environment.createSession(task.file().toString(), options);
    }
    FloatBuffer pixels =
        ByteBuffer.allocateDirect(Float.BYTES * task.pixels().length)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer()
            .put(0, task.pixels());
    String input = session.getInputNames().iterator().next();
    inputs = Map.of(input, OnnxTensor.createTensor(environment, pixels, task.shape()));
  }

  @Override
  public void run() throws OrtException {
    OrtSession.Result before = result;
    result = session.run(inputs);
    if (before != null) {
      before.close();
    }
  }

  @Override
  public float[] output() {
    FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
    float[] copy = new float[values.remaining()];
    values.get(copy);
    return copy;
  }

  @Override
  public void close() {
    try {
      if (result != null) {
        result.close();
      }
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
