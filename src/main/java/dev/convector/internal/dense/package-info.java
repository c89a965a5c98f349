/** Dense convolution on the micro-kernel: in place, through strips, unfolded. */
package dev.convector.internal.dense;
