/** What is measured of Convector alone. */
package dev.convector.jmh.alone;
