package dev.convector.jmh.layer;

import dev.convector.Layout;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** Options of tools that look at layers of {@link LayerSpace}: which. */
public final class LayerOptions {
  @Option(
      names = "--draw",
      defaultValue = "60",
      description = "how many layers are drawn; default ${DEFAULT-VALUE}")
  int draw;

  @Option(
      names = "--skip",
      defaultValue = "0",
      description = "of these, the first that are left out; default ${DEFAULT-VALUE}")
  int skip;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "of the layers; default ${DEFAULT-VALUE}")
  long seed;

  @Option(
      names = "--layers",
      split = ";",
      description = "layers by their names, separated by semicolons, instead of drawn ones")
  List<String> names;

  @Option(names = "--layer", description = "a regular expression, found in a layer's name")
  Pattern layer = Pattern.compile("");

  @Option(
      names = "--layout",
      split = ",",
      defaultValue = "NHWC,NCHW",
      description = "of the layers; default ${DEFAULT-VALUE}")
  Set<Layout> layouts;

  /** In the order in which they are drawn or named. */
  public List<Layer> layers() {
    List<Layer> all =
        names == null
            ? LayerSpace.draw(draw, seed).stream().skip(skip).toList()
            : names.stream().map(LayerSpace::named).toList();
    return all.stream().filter(l -> layer.matcher(l.name()).find()).toList();
  }

  public Set<Layout> layouts() {
    return layouts;
  }
}
