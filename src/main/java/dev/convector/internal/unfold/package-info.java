/** Windows of an image as columns of a matrix, and back. */
package dev.convector.internal.unfold;
