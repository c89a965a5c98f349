/** Moving data between memory orders: weights into panels, planes into pixels and back. */
package dev.convector.internal.pack;
