/** Winograd's minimal filtering for 3x3 kernels, fused over blocks of tiles. */
package dev.convector.internal.winograd;
