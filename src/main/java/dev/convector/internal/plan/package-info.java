/** The choice of the algorithm: one ordered list. */
package dev.convector.internal.plan;
