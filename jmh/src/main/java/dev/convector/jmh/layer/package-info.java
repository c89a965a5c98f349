/** What is raced: layers and matrix products, of tables and drawn from a space. */
package dev.convector.jmh.layer;
