/** What modules of this project may do beyond the public face. */
package dev.convector.internal.access;
