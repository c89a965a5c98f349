package dev.convector.jmh.race;

import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.layer.Tables;
import dev.convector.jmh.network.Network;
import dev.convector.jmh.network.Networks;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is to be measured.
 *
 * @param networks of the tables, and other names that stand for more; null for all
 * @param name a pattern, found in the name of whatever is measured
 * @param drawn layers from the space, which {@link LayerSpace#NAME} stands for
 * @param batch factor on the tables' batch; only layers have one
 */
public record Selection(List<String> networks, Pattern name, List<Layer> drawn, int batch) {
  private static final String GEMM = "gemm";

  /** Stands for every network of {@link Tables#family()}. */
  private static final String FAMILY = "family";

  /** Stands for {@link Tables#headline()} and the whole networks in the same table. */
  public static final String HEADLINE = "headline";

  /**
   * Refuses what has no meaning.
   *
   * @throws IllegalArgumentException that names the network
   */
  public Selection {
    Set<String> known = new TreeSet<>(List.of(GEMM, FAMILY, HEADLINE));
    known.addAll(Solo.NAMES);
    known.addAll(List.of(NetworkRun.NAME, LayerSpace.NAME));
    Tables.layers().forEach(l -> known.add(l.network()));
    for (String network : networks == null ? List.<String>of() : networks) {
      if (!known.contains(network)) {
        throw new IllegalArgumentException("--network: " + network + "; must be among " + known);
      }
    }
  }

  /** Each once, the headline's first. */
  public List<Layer> layers() {
    return Stream.of(
            networks == null ? Stream.<Layer>of() : of(HEADLINE, Tables.headline()),
            Tables.convolutions().stream().filter(this::isOfNetwork),
            of(FAMILY, Tables.family()),
            of(LayerSpace.NAME, drawn),
            Tables.family().stream().filter(this::isOfNetwork))
        .flatMap(each -> each)
        .filter(layer -> matches(layer.name()))
        .distinct()
        .toList();
  }

  private boolean isOfNetwork(Layer layer) {
    return networks == null || networks.contains(layer.network());
  }

  private Stream<Layer> of(String network, List<Layer> table) {
    return networks == null || networks.contains(network) ? table.stream() : Stream.of();
  }

  public List<GemmSize> gemms() {
    return Tables.gemms().stream().filter(size -> isAsked(GEMM) && matches(size.name())).toList();
  }

  /** Of {@link Solo#NAMES}. */
  public List<String> solo() {
    return Solo.NAMES.stream().filter(alone -> isAsked(alone) && matches(alone)).toList();
  }

  public List<Network> wholeNetworks() {
    boolean headline = networks != null && networks.contains(HEADLINE);
    return Networks.all().stream()
        .filter(network -> matches(entry(network)))
        .filter(
            network ->
                isAsked(NetworkRun.NAME)
                    || headline && Tables.headlineNames().contains(entry(network)))
        .toList();
  }

  private static String entry(Network network) {
    return NetworkRun.NAME + "/" + network.name();
  }

  /** Whether something other than layers is to be measured; it has no batch. */
  private boolean isAsked(String network) {
    return networks == null ? batch == 1 : networks.contains(network);
  }

  private boolean matches(String whole) {
    return name.matcher(whole).find();
  }
}
