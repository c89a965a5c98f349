package dev.convector.properties;

/** What is run, as far as its arrays go. */
interface RunCase {
  int weightsSize();

  int filters();

  int inputSize();

  int outputSize();

  boolean bias();

  Residual residual();

  int srcOffset();

  int dstOffset();

  Values values();

  long seed();
}
