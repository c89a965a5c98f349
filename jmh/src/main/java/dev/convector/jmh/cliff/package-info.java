/** Finds neighbours in the space of layers between which the speed falls. */
package dev.convector.jmh.cliff;
