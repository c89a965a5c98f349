/** Transposed convolution by the phases of its stride, each an ordinary convolution. */
package dev.convector.internal.transposed;
