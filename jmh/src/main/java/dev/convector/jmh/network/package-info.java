/**
 * Whole networks for the race: well-known architectures as ONNX files with random weights, and real
 * ones. {@link dev.convector.jmh.network.Networks} lists them.
 */
package dev.convector.jmh.network;
