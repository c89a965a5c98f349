package dev.convector.internal.problem;

import dev.convector.Algorithm;

/** A convolution with its weights packed by one algorithm. */
public interface PackedConv extends PackedWork {

  Algorithm algorithm();
}
