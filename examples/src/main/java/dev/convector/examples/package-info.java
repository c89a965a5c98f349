/**
 * What the programs share: command lines, photographs, sheets of pictures. A program has a package
 * of its own: {@code page} reads a page, {@code digits} learns to read digits, {@code photos}
 * filters a photograph. They use nothing of the library but its public face, its oracle and the
 * ONNX module.
 */
package dev.convector.examples;
