package dev.convector.onnx;

import java.util.Objects;

/**
 * One dimension of an input or output, as the model declares it.
 *
 * @param size elements along it, at least 0; -1 where it is open
 * @param symbol the name of an open one, which has the same size wherever it stands; empty for none
 */
public record Dimension(long size, String symbol) {

  /** Checks that there is a symbol, if only an empty one. */
  public Dimension {
    Objects.requireNonNull(symbol, "symbol");
  }

  /**
   * Whether the size is left to the caller.
   *
   * @return true if so
   */
  public boolean isOpen() {
    return size < 0;
  }

  @Override
  public String toString() {
    return !isOpen() ? Long.toString(size) : symbol.isEmpty() ? "?" : symbol;
  }
}
