/** Long runs of the tests, kept for RESULTS.md. */
package dev.convector.jmh.check;
