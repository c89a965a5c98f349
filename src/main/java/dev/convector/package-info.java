/**
 * The public face: a description ({@link dev.convector.Conv2d}), the plan made of it ({@link
 * dev.convector.Conv2dPlan}) and what both are told with.
 *
 * <p>A description validates its shape, a plan packs the weights once, a run reads and writes plain
 * {@code float[]}. Everything is immutable and may be shared between threads.
 */
package dev.convector;
