/**
 * The oracle: what each operation is, as plain scalar loops with double accumulation, readable as a
 * definition. Slow; everything else in the library is tested against it.
 */
package dev.convector.reference;
