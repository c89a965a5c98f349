package dev.convector.internal.plan;

import dev.convector.Algorithm;
import dev.convector.internal.problem.PackedWork;

/**
 * What a list of algorithms chose, packed.
 *
 * @param algorithm never AUTO
 */
public record Choice(Algorithm algorithm, PackedWork work) {}
