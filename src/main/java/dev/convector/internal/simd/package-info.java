/** The vector unit: its width and registers, and arithmetic on arrays. */
package dev.convector.internal.simd;
