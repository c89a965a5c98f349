package dev.convector.properties;

import dev.convector.Layout;

/** What is run, as far as its arrays go. */
interface RunCase {
  Layout layout();

  int batch();

  int channels();

  int weightsSize();

  int filters();

  int inputSize();

  int outputSize();

  boolean bias();

  Residual residual();

  int srcOffset();

  int dstOffset();

  Threads threads();

  Values values();

  long seed();
}
