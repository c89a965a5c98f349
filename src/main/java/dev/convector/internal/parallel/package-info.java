/**
 * Threads: the only package that touches a ForkJoinPool, and the one place of the parallel split.
 */
package dev.convector.internal.parallel;
