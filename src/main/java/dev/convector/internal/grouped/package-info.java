/** Dense convolution that reads its input in place: no unfolded copy, taps outside cost nothing. */
package dev.convector.internal.grouped;
