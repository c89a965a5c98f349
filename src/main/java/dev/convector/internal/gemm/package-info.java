/**
 * The dense micro-kernel family, the loops around it and what it reads; im2col; matrix products.
 */
package dev.convector.internal.gemm;
