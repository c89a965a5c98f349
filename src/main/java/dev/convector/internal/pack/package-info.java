/** Moving data between memory orders: planes into pixels and back. */
package dev.convector.internal.pack;
