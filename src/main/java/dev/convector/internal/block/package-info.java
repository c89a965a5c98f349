/** What every algorithm on blocks of pixels shares: the blocks, their input and their output. */
package dev.convector.internal.block;
