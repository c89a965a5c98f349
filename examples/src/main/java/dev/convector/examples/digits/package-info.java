/** A network that learns to read digits, on the library's public face. */
package dev.convector.examples.digits;
