/** The network as nodes that name values: what is read, and what the rewriting works on. */
package dev.convector.onnx.internal.graph;
