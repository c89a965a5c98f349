/** What each of ONNX's operators makes of its inputs: one class for each family. */
package dev.convector.onnx.internal.operator;
