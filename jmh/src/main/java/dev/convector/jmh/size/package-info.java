/** How the speed of a multiply-add changes with the size of the work. */
package dev.convector.jmh.size;
