/** Makes the graph smaller before any shape is known, without changing what it computes. */
package dev.convector.onnx.internal.rewrite;
