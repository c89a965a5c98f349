package dev.convector.onnx.internal.execute;

/** Something that a run does. Immutable, thread-safe: all that a run changes lies in its Run. */
@FunctionalInterface
public interface Step {
  void run(Run run);

  /** Whether the pixels of images channels last that it reads or writes may lie apart. */
  default boolean allowsDistance(Operand operand) {
    return false;
  }

  /** The same, to be run: when it is known where all operands lie. */
  default Step settled() {
    return this;
  }

  /** Bytes of packed weights that are this step's own. */
  default long packedBytes() {
    return 0;
  }

  /** Bytes of scratch that a thread needs while it runs. */
  default long workspaceBytes() {
    return 0;
  }
}
