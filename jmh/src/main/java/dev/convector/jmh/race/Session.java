package dev.convector.jmh.race;

import dev.convector.jmh.alone.FirstUse;
import dev.convector.jmh.alone.Planning;
import dev.convector.jmh.alone.Rounding;
import dev.convector.jmh.alone.Scaling;
import dev.convector.jmh.alone.Separable;
import java.util.List;
import java.util.Map;

/**
 * What a run of the race has to say beside its timings; kept as JSON next to them.
 *
 * @param name of the session and its files
 * @param command that repeats it
 * @param date when it began, UTC
 * @param commit of the sources, with a plus sign if they were changed
 * @param processor name, family, model and stepping
 * @param processors that the JVM may use
 * @param lanes floats in the forks' widest vector
 * @param memoryBytes of the machine
 * @param system name, version and architecture
 * @param jdk version and vendor
 * @param collector of garbage in the forks, unless a timing says another
 * @param jvmFlags of every fork
 * @param clearedVariables names that were set and were removed for all forks
 * @param forks JVM starts of each layer
 * @param rounds turns of each contender in a fork
 * @param turnMillis length of a measured turn
 * @param warmupMillis length of a warm-up turn
 * @param networkTurnMillis of whole networks; 0 in sessions of older versions, as what follows
 * @param networkWarmupMillis of whole networks that the JIT compiler compiles
 * @param versions of the libraries, as they say themselves
 * @param readings of the machine
 * @param absent libraries that the platform lacks, with the reason
 * @param firstUses one for each JVM start; none if they were not asked for, as of what follows
 * @param roundings of each algorithm
 * @param plannings of some layers
 * @param separables of some blocks
 * @param scalings of layers and networks
 * @param networkRuns of whole networks
 */
public record Session(
    String name,
    String command,
    String date,
    String commit,
    String processor,
    int processors,
    int lanes,
    long memoryBytes,
    String system,
    String jdk,
    String collector,
    List<String> jvmFlags,
    List<String> clearedVariables,
    int forks,
    int rounds,
    int turnMillis,
    int warmupMillis,
    int networkTurnMillis,
    int networkWarmupMillis,
    Map<String, String> versions,
    List<Reading> readings,
    Map<String, String> absent,
    List<FirstUse> firstUses,
    List<Rounding> roundings,
    List<Planning> plannings,
    List<Separable> separables,
    List<Scaling> scalings,
    List<NetworkRun> networkRuns) {
  /** Floats of the widest vectors that processors have. */
  private static final int WIDEST = 16;

  /** Sessions of older versions lack what was not measured then. */
  public Session {
    scalings = scalings == null ? List.of() : scalings;
  }

  /**
   * The kind of machine that figures are of: the processor, and its vectors where they were
   * narrower, by a flag or since a hypervisor hides what the processor has.
   */
  public String machine() {
    return lanes >= WIDEST ? processor : processor + ", " + lanes * Float.SIZE + "-bit vectors";
  }
}
