package dev.convector.jmh.cliff;

import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Whether AUTO chooses the fastest: every class of the library that can compute a layer against
 * each other, and where the one that is chosen takes longer than the fastest.
 */
@Command(name = "choices", mixinStandardHelpOptions = true, sortOptions = false)
public final class Choices implements Callable<Integer> {
  /** So many times longer are turns and warming up where a loss is looked at again. */
  private static final int CONFIRM = 3;

  @Mixin LayerOptions options;

  @Mixin TurnOptions turns;

  @Option(
      names = "--limit",
      defaultValue = "1.2",
      description = "the least loss that is listed; default ${DEFAULT-VALUE}")
  double limit;

  @Option(
      names = "--warmup",
      defaultValue = "2",
      description = "seconds for all classes of a layer; default ${DEFAULT-VALUE}")
  double warmup;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Choices()).execute(args));
  }

  @Override
  public Integer call() {
    List<Contest> losses = new ArrayList<>();
    int contests = 0;
    for (Layer layer : options.layers()) {
      for (Layout layout : options.layouts()) {
        contests++;
        Contest contest = Contest.of(layer, layout, watch(1));
        if (contest.loss() >= limit) {
          contest = Contest.of(layer, layout, watch(CONFIRM));
        }
        if (contest.loss() >= limit) {
          losses.add(contest);
        }
      }
    }
    System.out.printf(
        "%d layers and layouts, %d losses of at least %s%n", contests, losses.size(), limit);
    System.out.println("times  layer: microseconds of each class, * the chosen one's");
    losses.sort(Comparator.comparingDouble(Contest::loss).reversed());
    losses.forEach(System.out::println);
    return 0;
  }

  private Stopwatch watch(int longer) {
    return turns.watch(longer, warmup);
  }
}
