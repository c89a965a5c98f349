/**
 * Programs a newcomer starts: filters on a photograph here, reading a page in {@code page},
 * learning to read digits in {@code digits}. They use nothing of the library but its public face,
 * its oracle and the ONNX module.
 */
package dev.convector.examples;
