/**
 * The command line: {@code info} looks into a network, {@code run} shows it a picture, {@code
 * bench} measures it. {@link dev.convector.onnx.cli.OnnxCommand} is the program.
 */
package dev.convector.onnx.cli;
