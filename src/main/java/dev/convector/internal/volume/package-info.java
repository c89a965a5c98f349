/** Three-dimensional convolution as sums of two-dimensional ones. */
package dev.convector.internal.volume;
