/** Well-known filters on a photograph. */
package dev.convector.examples.photos;
