package dev.convector.jmh.cliff;

import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerClass;
import dev.convector.jmh.layer.LayerSpace;
import java.util.ArrayList;
import java.util.List;

/** Layers that differ from one in a single step, of which each should be about as fast. */
final class Neighbours {
  /** Without stride or dilation a layer may have more outputs; beyond this it takes too long. */
  private static final long MOST_FLOPS = 4_000_000_000L;

  private final Layer layer;
  private final Layout layout;
  private final List<Spot> spots = new ArrayList<>();

  private Neighbours(Layer layer, Layout layout) {
    this.layer = layer;
    this.layout = layout;
  }

  /** The layer itself, then its neighbours; NCHW is one of NHWC, and not the other way round. */
  static List<Spot> of(Layer layer, Layout layout) {
    Neighbours neighbours = new Neighbours(layer, layout);
    neighbours.spots.add(new Spot("", layer, layout));
    neighbours.collect();
    return neighbours.spots;
  }

  private void collect() {
    Layer l = layer;
    boolean depthwise = l.depthwise();
    int groups = l.groups();
    if (depthwise) {
      int multiplier = l.filters() / l.channels();
      add(
          "one more channel",
          l.withChannels(l.channels() + 1, l.filters() + multiplier, groups + 1));
    } else {
      String each = groups > 1 ? " a group" : "";
      add("one more channel" + each, l.withChannels(l.channels() + groups, l.filters(), groups));
      add("one more filter" + each, l.withChannels(l.channels(), l.filters() + groups, groups));
    }
    if (LayerClass.of(l) == LayerClass.FULLY_CONNECTED) {
      add("one more image", l.withInput(l.batch() + 1, 1, 1));
    } else {
      add("one more pixel", l.withInput(l.batch(), l.height() + 1, l.width() + 1));
    }
    if (l.batch() > 1) {
      add("one image", l.withInput(1, l.height(), l.width()));
    }
    if (l.stride() > 1) {
      add("stride 1", l.withWindow(1, l.padding(), l.dilation()));
    }
    if (l.dilation() > 1) {
      add("no dilation", l.withWindow(l.stride(), l.padding() / l.dilation(), 1));
    }
    if (!depthwise && groups % 2 == 0) {
      add("half the groups", l.withChannels(l.channels(), l.filters(), groups / 2));
    }
    if (layout == Layout.NHWC) {
      spots.add(new Spot("other layout", l, Layout.NCHW));
    }
  }

  private void add(String step, Layer changed) {
    if (changed.outputHeight() > 0 && changed.outputWidth() > 0 && changed.flops() < MOST_FLOPS) {
      spots.add(new Spot(step, LayerSpace.renamed(changed), layout));
    }
  }
}
