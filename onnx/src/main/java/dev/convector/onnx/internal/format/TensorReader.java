package dev.convector.onnx.internal.format;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Shapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Reads numbers in each of the ways in which the format stores them. */
public final class TensorReader {
  private TensorReader() {}

  /**
   * Reads a tensor.
   *
   * @throws OnnxException if its type is not supported, or its data is not as long as its shape
   *     says
   */
  public static Constant read(TensorProto tensor, ExternalData external) {
    return read(tensor, external, null);
  }

  /**
   * The same.
   *
   * @param embedded where its bytes lie in the model's file; null if the tensor has them
   */
  static Constant read(TensorProto tensor, ExternalData external, WeightFile.Range embedded) {
    try {
      ElementType type = ElementType.of(tensor.getDataType());
      int[] shape =
          Shapes.toInts(tensor.getDimsList().stream().mapToLong(Long::longValue).toArray());
      int size = Shapes.size(shape);
      if (tensor.hasSegment()) {
        throw new OnnxException("stored in segments, which is not supported");
      }
      if (!type.isFloating() && !type.isWhole()) {
        throw new OnnxException("type " + type + ": not supported");
      }
      long bytes = (long) size * bytes(type);
      WeightFile.Range range =
          tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
              ? external.range(tensor, bytes)
              : embedded;
      if (range != null) {
        requireLength(range.length(), bytes);
      }
      if (range != null && type == ElementType.FLOAT && bytes >= LeanModel.LEAST) {
        return Constant.deferred(shape, range::floats);
      }
      ByteBuffer raw = range == null ? raw(tensor, bytes) : range.bytes();
      return type.isFloating()
          ? Constant.of(type, shape, floats(tensor, type, size, raw))
          : Constant.of(type, shape, longs(tensor, type, size, raw));
    } catch (OnnxException broken) {
      throw new OnnxException("tensor " + tensor.getName() + ": " + broken.getMessage(), broken);
    }
  }

  private static float[] floats(TensorProto tensor, ElementType type, int size, ByteBuffer raw) {
    if (raw == null) {
      int count =
          switch (type) {
            case FLOAT -> tensor.getFloatDataCount();
            case DOUBLE -> tensor.getDoubleDataCount();
            default -> tensor.getInt32DataCount();
          };
      requireLength(count, size);
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] =
          switch (type) {
            case FLOAT -> raw == null ? tensor.getFloatData(i) : raw.getFloat();
            case DOUBLE -> (float) (raw == null ? tensor.getDoubleData(i) : raw.getDouble());
            case FLOAT16 ->
                Float.float16ToFloat(raw == null ? (short) tensor.getInt32Data(i) : raw.getShort());
            default ->
                Float.intBitsToFloat(
                    (raw == null ? tensor.getInt32Data(i) : raw.getShort()) << Short.SIZE);
          };
    }
    return values;
  }

  private static long[] longs(TensorProto tensor, ElementType type, int size, ByteBuffer raw) {
    if (raw == null) {
      int count =
          switch (type) {
            case INT64 -> tensor.getInt64DataCount();
            case UINT32 -> tensor.getUint64DataCount();
            default -> tensor.getInt32DataCount();
          };
      requireLength(count, size);
    }
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      long value =
          switch (type) {
            case INT64 -> raw == null ? tensor.getInt64Data(i) : raw.getLong();
            case UINT32 -> raw == null ? tensor.getUint64Data(i) : raw.getInt();
            case INT32 -> raw == null ? tensor.getInt32Data(i) : raw.getInt();
            case INT16, UINT16 -> raw == null ? tensor.getInt32Data(i) : raw.getShort();
            default -> raw == null ? tensor.getInt32Data(i) : raw.get();
          };
      values[i] = type.wrap(value);
    }
    return values;
  }

  private static int bytes(ElementType type) {
    return switch (type) {
      case DOUBLE, INT64 -> 8;
      case FLOAT, INT32, UINT32 -> 4;
      case FLOAT16, BFLOAT16, INT16, UINT16 -> 2;
      default -> 1;
    };
  }

  /** Null if the numbers are stored one by one. */
  private static ByteBuffer raw(TensorProto tensor, long bytes) {
    ByteString raw = tensor.getRawData();
    List<?> single = tensor.getFloatDataList();
    if (raw.isEmpty() && (bytes != 0 || !single.isEmpty())) {
      return null;
    }
    requireLength(raw.size(), bytes);
    return raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void requireLength(long found, long needed) {
    if (found != needed) {
      throw new OnnxException("data of length " + found + "; must be " + needed + " by its shape");
    }
  }
}
