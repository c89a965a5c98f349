/** Where the race takes place, and how fast that machine is. */
package dev.convector.jmh.machine;
