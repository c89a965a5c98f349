/**
 * Pooling and its gradients. "Pixel" means that neighbouring pixels lie in the lanes, else
 * channels.
 */
package dev.convector.internal.pool;
