package dev.convector.jmh.cliff;

import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;

/**
 * A place in the space of layers.
 *
 * @param step that leads here from the layer that was drawn; empty for that layer itself
 */
record Spot(String step, Layer layer, Layout layout) {}
