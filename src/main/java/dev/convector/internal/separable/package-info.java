/** Depthwise and pointwise convolution in one, a strip of the intermediate at a time. */
package dev.convector.internal.separable;
