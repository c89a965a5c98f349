package dev.convector.jmh.cliff;

import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerClass;
import dev.convector.jmh.layer.LayerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The cliff finder: Convector alone on drawn layers and on their neighbours, and where between two
 * of them the speed of a multiply-add falls.
 */
@Command(name = "cliffs", mixinStandardHelpOptions = true, sortOptions = false)
public final class Cliffs implements Callable<Integer> {
  /** So many times longer are turns and warming up where a cliff is looked at again. */
  private static final int CONFIRM = 2;

  @Mixin LayerOptions options;

  @Mixin TurnOptions turns;

  @Option(
      names = "--limit",
      defaultValue = "1.6",
      description = "the least ratio of two speeds that is a cliff; default ${DEFAULT-VALUE}")
  double limit;

  @Option(
      names = "--warmup",
      defaultValue = "0.3",
      description = "seconds for a layer and its neighbours; default ${DEFAULT-VALUE}")
  double warmup;

  @Option(names = "--output", description = "file for the list, besides the console")
  Path output;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Cliffs()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    List<Cliff> cliffs = new ArrayList<>();
    int pairs = 0;
    List<Layer> layers = options.layers();
    for (Layer each : layers) {
      for (Layout layout : options.layouts()) {
        List<Spot> spots = Neighbours.of(each, layout);
        pairs += spots.size() - 1;
        cliffs.addAll(confirmed(Cliff.around(Speed.of(spots, watch(1)), limit)));
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "%d layers, %d pairs of neighbours, %d cliffs of more than %s"
            .formatted(layers.size(), pairs, cliffs.size(), limit));
    lines.add("times  class            step                       slower | faster");
    Cliff.sorted(cliffs).forEach(cliff -> lines.add(line(cliff)));
    lines.forEach(System.out::println);
    if (output != null) {
      Files.write(output, lines);
    }
    return 0;
  }

  private Stopwatch watch(int longer) {
    return turns.watch(longer, warmup);
  }

  /** Each pair alone, in arrays at other places, after warming up for longer. */
  private List<Cliff> confirmed(List<Cliff> suspects) {
    List<Cliff> sure = new ArrayList<>();
    for (Cliff suspect : suspects) {
      boolean slowIsOwn = suspect.slow().spot().step().isEmpty();
      Speed own = slowIsOwn ? suspect.slow() : suspect.fast();
      Speed other = slowIsOwn ? suspect.fast() : suspect.slow();
      List<Spot> pair = List.of(own.spot(), other.spot());
      sure.addAll(Cliff.around(Speed.of(pair, watch(CONFIRM)), limit));
    }
    return sure;
  }

  private static String line(Cliff cliff) {
    return String.format(
        Locale.ROOT,
        "%5.2f  %-15s  %-25s  %s | %s",
        cliff.height(),
        LayerClass.of(cliff.fast().spot().layer()).title(),
        cliff.step(),
        side(cliff.slow()),
        side(cliff.fast()));
  }

  private static String side(Speed speed) {
    Spot spot = speed.spot();
    return String.format(
        Locale.ROOT,
        "%s %s %s, %.1f us, %.1f GFLOP/s",
        spot.layer().ownName(),
        spot.layout(),
        speed.algorithm(),
        speed.nanos() / 1000,
        speed.gflops());
  }
}
