/** Turns the graph into steps for concrete shapes, plans their buffers, and keeps the last few. */
package dev.convector.onnx.internal.compile;
