/**
 * Networks in the ONNX format, run on Convector's convolutions: {@link
 * dev.convector.onnx.OnnxModel} reads a file, {@link dev.convector.onnx.Session} runs it.
 */
package dev.convector.onnx;
