/** How contenders are measured: forks, turns, and what a session keeps. */
package dev.convector.jmh.race;
