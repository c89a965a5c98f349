package dev.convector.onnx;

/** Types of a tensor's elements, with ONNX's own names and numbers. */
public enum ElementType {
  /** Single precision: what networks compute in. */
  FLOAT(1),
  /** Unsigned 8-bit integer. */
  UINT8(2),
  /** Signed 8-bit integer. */
  INT8(3),
  /** Unsigned 16-bit integer. */
  UINT16(4),
  /** Signed 16-bit integer. */
  INT16(5),
  /** Signed 32-bit integer. */
  INT32(6),
  /** Signed 64-bit integer: indices and shapes. */
  INT64(7),
  /** Text; nothing computes with it. */
  STRING(8),
  /** True or false. */
  BOOL(9),
  /** Half precision; only for constants that a Cast turns into {@link #FLOAT}. */
  FLOAT16(10),
  /** Double precision; only for constants that a Cast turns into {@link #FLOAT}. */
  DOUBLE(11),
  /** Unsigned 32-bit integer. */
  UINT32(12),
  /** Unsigned 64-bit integer; nothing computes with it. */
  UINT64(13),
  /** Google's half precision; only for constants that a Cast turns into {@link #FLOAT}. */
  BFLOAT16(16);

  private final int number;

  ElementType(int number) {
    this.number = number;
  }

  /**
   * The number in ONNX files.
   *
   * @return a value of {@code TensorProto.DataType}
   */
  public int number() {
    return number;
  }

  /**
   * Whether its values are held as {@code float[]}.
   *
   * @return true for the floating-point types
   */
  public boolean isFloating() {
    return this == FLOAT || this == FLOAT16 || this == DOUBLE || this == BFLOAT16;
  }

  /**
   * Whether its values are held as {@code long[]}.
   *
   * @return true for integers up to 64 bits with a sign, or 32 without, and truth values
   */
  public boolean isWhole() {
    return !isFloating() && this != STRING && this != UINT64;
  }

  /**
   * The type with a number.
   *
   * @param number a value of {@code TensorProto.DataType}
   * @return the type
   * @throws OnnxException if there is none with that number
   */
  public static ElementType of(int number) {
    for (ElementType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    throw new OnnxException("element type " + number + "; must be one of ONNX's supported types");
  }

  /**
   * A whole number as this type keeps it, wrapped around at its ends.
   *
   * @param value any
   * @return what is left of it
   */
  public long wrap(long value) {
    return switch (this) {
      case UINT8 -> value & 0xff;
      case INT8 -> (byte) value;
      case UINT16 -> value & 0xffff;
      case INT16 -> (short) value;
      case INT32 -> (int) value;
      case UINT32 -> value & 0xffffffffL;
      case BOOL -> value == 0 ? 0 : 1;
      default -> value;
    };
  }
}
