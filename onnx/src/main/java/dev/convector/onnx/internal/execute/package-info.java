/** Runs steps: what holds numbers, where it lies in memory, and who works on it. */
package dev.convector.onnx.internal.execute;
