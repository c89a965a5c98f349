/** Operands outside of float arrays, brought to scratch a unit of work at a time. */
package dev.convector.internal.stage;
