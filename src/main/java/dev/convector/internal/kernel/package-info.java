/**
 * The dense micro-kernel's contract: register tiles, packed weights, the sizes of blocks in cache.
 */
package dev.convector.internal.kernel;
