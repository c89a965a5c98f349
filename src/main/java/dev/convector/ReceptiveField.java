package dev.convector;

/**
 * What one output of a chain of layers sees of the input along an axis.
 *
 * @param size input elements from the first seen to the last
 * @param stride input elements between what neighbouring outputs see
 * @param centre where the middle of what the first output sees lies, counted from the input's first
 *     element, which is 0; halves between two elements, negative or fractional with padding
 */
public record ReceptiveField(long size, long stride, double centre) {

  /** Of no layer: each element sees itself. */
  public static final ReceptiveField NONE = new ReceptiveField(1, 1, 0);

  /**
   * Of a chain of layers.
   *
   * @param layers the same axis of each, in their order
   * @return what an output of the last one sees
   */
  public static ReceptiveField of(Axis... layers) {
    ReceptiveField field = NONE;
    for (Axis layer : layers) {
      field = field.then(layer);
    }
    return field;
  }

  /**
   * The chain with one layer more.
   *
   * @param layer its window
   * @return {@code size + (effectiveKernel - 1) * stride}, {@code stride * layer.stride} and {@code
   *     centre + ((effectiveKernel - 1) / 2 - padBefore) * stride}
   */
  public ReceptiveField then(Axis layer) {
    long reach = layer.effectiveKernel() - 1L;
    return new ReceptiveField(
        size + reach * stride,
        stride * layer.stride(),
        centre + (reach / 2.0 - layer.padBefore()) * stride);
  }
}
