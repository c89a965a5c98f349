/** Padding that isn't zeros: images padded in memory before a convolution, and its adjoint. */
package dev.convector.internal.padding;
