/** Resizing, and whatever else is one sum over taps for each axis. */
package dev.convector.internal.resample;
