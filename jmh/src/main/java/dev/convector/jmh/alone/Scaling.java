package dev.convector.jmh.alone;

import dev.convector.jmh.contender.Contender;
import dev.convector.jmh.contender.ConvTask;
import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.contender.Library;
import dev.convector.jmh.contender.NetworkTask;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Tables;
import dev.convector.jmh.network.Network;
import dev.convector.jmh.network.Networks;
import dev.convector.jmh.race.Turns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * What more threads gain, all numbers of them in turn in one JVM.
 *
 * @param work a layer, channels-last, or a network
 * @param isNetwork whether it is a whole network
 * @param threads 1, 2, 4 and so on, and all processors
 * @param micros of a run on so many, medians over the turns
 */
public record Scaling(String work, boolean isNetwork, List<Integer> threads, List<Double> micros) {
  public static final String NAME = "scaling";

  /** A network's turns and warm-up are so many times longer than a layer's. */
  private static final int TIMES_LONGER = 4;

  /** First layer, pointwise, Winograd, strided, depthwise, grouped, fully connected. */
  public static final List<Layer> LAYERS =
      Stream.of(
              "resnet50/conv1_7x7s2",
              "resnet50/s1_1x1_64_256",
              "resnet50/s4_1x1_512_2048",
              "resnet50/s1_3x3_64",
              "resnet50/s4_3x3_512",
              "resnet50/s2_3x3s2_128",
              "mobilenetv1/dw_512_14",
              "resnext50/g32_3x3_256_28",
              "fullyconnected/4096_4096_b1")
          .map(Tables::layer)
          .toList();

  /** With few multiply-adds a layer and with many. */
  public static final List<String> NETWORKS = List.of("mobilenet-v2", "resnet-50");

  private static final String VARIANT = "NHWC/AUTO";

  private interface Prepared {
    Contender on(int threads) throws Exception;
  }

  /** How much faster than on one thread, in parts of what as many threads would ideally be. */
  public double share(int index) {
    return micros.getFirst() / micros.get(index) / threads.get(index);
  }

  /** 1, 2, 4 and so on below the number of processors, and that number. */
  public static List<Integer> threads(int processors) {
    TreeSet<Integer> counts = new TreeSet<>(List.of(1, processors));
    for (int count = 2; count < processors; count *= 2) {
      counts.add(count);
    }
    return List.copyOf(counts);
  }

  public static List<Scaling> measure(
      List<Layer> layers, List<String> networks, List<Integer> threads, Turns turns)
      throws Exception {
    Library convector = Libraries.named("convector");
    List<Scaling> all = new ArrayList<>();
    for (Layer layer : layers) {
      ConvTask task = new ConvTask(layer);
      Prepared prepared = count -> convector.prepare(task, VARIANT, count);
      all.add(new Scaling(layer.name(), false, threads, micros(prepared, threads, turns)));
    }
    Turns longer =
        new Turns(
            turns.rounds(), TIMES_LONGER * turns.turnMillis(), TIMES_LONGER * turns.warmupMillis());
    for (String name : networks) {
      Network network = Networks.named(name);
      Path folder = Files.createTempDirectory(NAME);
      Path file = network.write(folder);
      NetworkTask task = new NetworkTask(network, file);
      Prepared prepared = count -> convector.prepare(task, count);
      all.add(new Scaling(name, true, threads, micros(prepared, threads, longer)));
      Files.delete(file);
      Files.delete(folder);
    }
    return all;
  }

  private static List<Double> micros(Prepared prepared, List<Integer> threads, Turns turns)
      throws Exception {
    List<Contender> contenders = new ArrayList<>();
    try {
      List<Callable<?>> works = new ArrayList<>();
      for (int count : threads) {
        Contender contender = prepared.on(count);
        contenders.add(contender);
        works.add(
            () -> {
              contender.run();
              return contender;
            });
      }
      List<Double> micros = new ArrayList<>();
      for (double nanos : turns.medians(works)) {
        micros.add(nanos / 1000);
      }
      return micros;
    } finally {
      for (Contender contender : contenders) {
        contender.close();
      }
    }
  }
}
