/**
 * The public face: a description ({@link dev.convector.Conv2d}), the {@link dev.convector.Plan}
 * made of it ({@link dev.convector.Conv2dPlan}) and what both are told with.
 *
 * <p>A description validates its shape, a plan packs the weights once, a run reads and writes plain
 * {@code float[]}. Everything but the builders is immutable and may be shared between threads.
 *
 * <p>On the class path, programs run with {@code --add-modules jdk.incubator.vector}; without it a
 * builder throws an {@link java.lang.IllegalStateException} that says so.
 */
package dev.convector;
