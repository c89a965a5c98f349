package dev.convector.internal.plan;

import dev.convector.Algorithm;
import dev.convector.internal.problem.PackedWork;
import java.util.function.Supplier;

/**
 * An entry of {@link AlgorithmList} that doesn't refuse a problem, for tools that ask whether the
 * fastest was chosen.
 *
 * @param pays whether the entry would take the problem, if no one before it did
 * @param work packs weights; of an entry that doesn't pay it may throw, or compute something else,
 *     since what a class can't compute is a part of whether it pays
 */
public record Candidate(
    Algorithm algorithm, boolean isChosen, boolean pays, Supplier<PackedWork> work) {}
