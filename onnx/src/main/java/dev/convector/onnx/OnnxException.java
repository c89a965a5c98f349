package dev.convector.onnx;

/**
 * A model that is broken or needs what is not supported, or inputs that do not fit it. The message
 * names what and where.
 */
public final class OnnxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * With a message alone.
   *
   * @param message what is wrong, and where
   */
  public OnnxException(String message) {
    super(message);
  }

  /**
   * With the exception that revealed it.
   *
   * @param message what is wrong, and where
   * @param cause what was thrown
   */
  public OnnxException(String message, Throwable cause) {
    super(message, cause);
  }
}
