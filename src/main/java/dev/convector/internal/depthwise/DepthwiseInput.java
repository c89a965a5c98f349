package dev.convector.internal.depthwise;

/**
 * Where depthwise kernels find the pixels of their input.
 *
 * @param rowStep floats from one row to the next
 * @param columnStep floats from one pixel to the next
 * @param isCopied whether these are copies of an image, of some channels, by {@link
 *     DepthwiseCopies}
 */
record DepthwiseInput(int rowStep, int columnStep, boolean isCopied) {}
