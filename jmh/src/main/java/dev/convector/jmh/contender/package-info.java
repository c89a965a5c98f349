/** Who takes part: libraries, what they are given, and the oracle that checks them. */
package dev.convector.jmh.contender;
