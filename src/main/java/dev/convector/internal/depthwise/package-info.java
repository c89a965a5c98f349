/** One input channel per filter: channels across the lanes, no matrix product. */
package dev.convector.internal.depthwise;
