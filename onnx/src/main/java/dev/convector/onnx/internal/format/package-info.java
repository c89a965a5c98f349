/** Reads the file format, trusting nothing in it. */
package dev.convector.onnx.internal.format;
