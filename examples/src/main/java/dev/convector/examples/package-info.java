/**
 * Programs a newcomer starts. They use nothing of the library but its public face and its oracle.
 */
package dev.convector.examples;
