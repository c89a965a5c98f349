/**
 * Finds weak spots in the space of layers: neighbours between which the speed falls, and layers for
 * which the library doesn't choose its fastest class.
 */
package dev.convector.jmh.cliff;
