/**
 * Gradients with respect to weights and biases: products summed over pixels, in one fixed order.
 */
package dev.convector.internal.gradient;
