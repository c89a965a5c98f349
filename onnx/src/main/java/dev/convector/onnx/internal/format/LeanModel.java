package dev.convector.onnx.internal.format;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Parses a file but for its large initializers' bytes, of which it says where they lie: copies the
 * file's fields without these, and parses the copy.
 */
final class LeanModel {
  /** Bytes of an initializer that stay in the file. */
  static final int LEAST = 1 << 14;

  private final WeightFile file;
  private final CodedInputStream in;
  private final Map<Integer, WeightFile.Range> ranges = new HashMap<>();
  private int initializers;

  private LeanModel(WeightFile file) {
    this.file = file;
    this.in = CodedInputStream.newInstance(file.stream());
  }

  /**
   * What was parsed.
   *
   * @param model lacks the bytes of the initializers whose indices the ranges have
   */
  record Parsed(ModelProto model, Map<Integer, WeightFile.Range> ranges) {}

  static Parsed read(WeightFile file) throws IOException {
    LeanModel lean = new LeanModel(file);
    ByteString copy = lean.message(lean::modelField);
    return new Parsed(ModelProto.parseFrom(copy), lean.ranges);
  }

  /** Copies a field whose tag was read, or what is wanted of it. */
  private interface Copier {
    /** False at the end of a group, which no message of the format is. */
    boolean copy(int tag, UnknownFieldSet.Builder to) throws IOException;
  }

  private ByteString message(Copier copier) throws IOException {
    UnknownFieldSet.Builder copy = UnknownFieldSet.newBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!copier.copy(tag, copy)) {
        throw new InvalidProtocolBufferException("a group ends that did not begin");
      }
    }
    return copy.build().toByteString();
  }

  private void inner(int field, UnknownFieldSet.Builder to, Copier copier) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    ByteString copy = message(copier);
    if (in.getBytesUntilLimit() != 0) {
      throw new InvalidProtocolBufferException("truncated");
    }
    in.popLimit(outer);
    add(field, to, copy);
  }

  private static void add(int field, UnknownFieldSet.Builder to, ByteString bytes) {
    to.mergeField(field, Field.newBuilder().addLengthDelimited(bytes).build());
  }

  private static boolean is(int tag, int field) {
    return WireFormat.getTagFieldNumber(tag) == field
        && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private boolean modelField(int tag, UnknownFieldSet.Builder to) throws IOException {
    if (!is(tag, ModelProto.GRAPH_FIELD_NUMBER)) {
      return to.mergeFieldFrom(tag, in);
    }
    inner(ModelProto.GRAPH_FIELD_NUMBER, to, this::graphField);
    return true;
  }

  private boolean graphField(int tag, UnknownFieldSet.Builder to) throws IOException {
    if (!is(tag, GraphProto.INITIALIZER_FIELD_NUMBER)) {
      return to.mergeFieldFrom(tag, in);
    }
    inner(GraphProto.INITIALIZER_FIELD_NUMBER, to, this::initializerField);
    initializers++;
    return true;
  }

  private boolean initializerField(int tag, UnknownFieldSet.Builder to) throws IOException {
    if (!is(tag, TensorProto.RAW_DATA_FIELD_NUMBER)) {
      return to.mergeFieldFrom(tag, in);
    }
    int length = in.readRawVarint32();
    // A field that is there twice counts as the second says.
    if (length < LEAST) {
      ranges.remove(initializers);
      byte[] bytes = in.readRawBytes(length);
      add(TensorProto.RAW_DATA_FIELD_NUMBER, to, ByteString.copyFrom(bytes));
    } else {
      ranges.put(initializers, file.range(in.getTotalBytesRead(), length));
      in.skipRawBytes(length);
    }
    return true;
  }
}
