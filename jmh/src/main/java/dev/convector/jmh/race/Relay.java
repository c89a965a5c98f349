package dev.convector.jmh.race;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.convector.jmh.contender.Contender;
import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.contender.Library;
import dev.convector.jmh.machine.FmaPeak;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All contenders of one task in one JVM, of which each JMH iteration runs the next: iteration i of
 * a fork belongs to contender i modulo their number, warm-up and measurement alike.
 *
 * <p>That is how drift cancels. JMH would run each contender's parameters in forks of their own,
 * minutes apart, while a virtual machine's clock and neighbours change within seconds; here the
 * contenders of a layer take turns of a tenth of a second, several rounds long, and every round
 * sees the same machine. It is also some four times as fast, since a JVM starts once for a layer
 * rather than once for each contender. The price is a call through an interface (nanoseconds) and
 * that a Java contender may meet the profile of another's calls, as it would in a real network.
 */
public final class Relay {
  /** Name of the entry that does nothing but multiply-adds, on one thread; it has no facts. */
  public static final String PEAK = "peak";

  /** Names the file that a fork writes its facts to. */
  static final String FACTS_PROPERTY = "race.facts";

  /**
   * Float arithmetic on the deepest layers differs by 1e-5, Winograd F(6x6, 3x3) by 1e-4 of the
   * output's root mean square; an error of indexing, by about 1.
   */
  private static final double TOLERANCE = 1e-3;

  /**
   * C2 reaches its final code 0.35 to 0.5 s after the first call where few kernels are needed, so
   * JMH's warm-up comes later.
   */
  private static final long JAVA_WARMUP_NANOS = 600_000_000;

  /** Where many are, it is waited for, but not for ever. */
  private static final long MOST_WARMUP_NANOS = 4_000_000_000L;

  /** So long the compilers must rest. */
  private static final long REST_NANOS = 150_000_000;

  private static final long NEEDS_NANOS = 80_000_000;

  /** Compilers and collectors of the JVM take their part; a second worker takes nearly 1. */
  private static final double SPARE_PROCESSORS = 0.4;

  /** Less than that part is no compiler at work. */
  private static final double RESTING_PROCESSORS = 0.15;

  /** A contender with its name. */
  private record Entry(String name, Library library, Contender contender, String failure) {}

  /** Prepares a variant of a library. */
  interface Preparation {
    Contender prepare(Library library, String variant) throws Exception;
  }

  private final int threads;
  private final List<Entry> entries = new ArrayList<>();
  private int turn = -1;

  /**
   * @param contenders names, separated by commas
   */
  Relay(int threads, String contenders, Preparation preparation) {
    this.threads = threads;
    for (String name : contenders.split(",")) {
      if (name.equals(PEAK)) {
        entries.add(new Entry(PEAK, null, new Peak(), ""));
        continue;
      }
      int slash = name.indexOf('/');
      Library library = Libraries.named(name.substring(0, slash));
      entries.add(enter(name, library, name.substring(slash + 1), preparation));
    }
  }

  /** The contender whose turn comes. */
  Contender next() {
    turn = (turn + 1) % entries.size();
    return entries.get(turn).contender;
  }

  /** Compares what each contender's last call left behind with the oracle and ends them all. */
  void finish(float[] expected, long oracleNanos) throws IOException {
    double rms = rms(expected);
    List<Fact> facts = new ArrayList<>();
    for (Entry entry : entries) {
      if (!entry.name.equals(PEAK)) {
        facts.add(check(entry, expected, rms, oracleNanos));
      }
    }
    String path = System.getProperty(FACTS_PROPERTY);
    if (path != null) {
      new ObjectMapper().writeValue(Path.of(path).toFile(), facts);
    }
  }

  private Entry enter(String name, Library library, String variant, Preparation preparation) {
    try {
      Contender contender = preparation.prepare(library, variant);
      contender.run();
      if (!library.isNative()) {
        warmUp(contender);
      }
      return new Entry(name, library, contender, "");
    } catch (Exception | LinkageError e) {
      return new Entry(name, library, new Absent(), e.toString());
    }
  }

  /** Runs a Java contender until the compilers rest. */
  private void warmUp(Contender contender) throws Exception {
    long start = System.nanoTime();
    double busy;
    long elapsed;
    do {
      busy = Needs.of(contender, REST_NANOS).processors;
      elapsed = System.nanoTime() - start;
    } while (elapsed < JAVA_WARMUP_NANOS
        || busy > threads + RESTING_PROCESSORS && elapsed < MOST_WARMUP_NANOS);
  }

  private Fact check(Entry entry, float[] expected, double rms, long oracleNanos) {
    double error = Double.NaN;
    Needs needs = Needs.UNKNOWN;
    String failure = entry.failure;
    if (failure.isEmpty()) {
      try (Contender contender = entry.contender) {
        needs = Needs.of(contender, NEEDS_NANOS);
        error = largestDifference(contender.output(), expected) / rms;
        if (!(error <= TOLERANCE)) {
          failure = String.format("wrong output: error %.2g of the rms", error);
        } else if (entry.library.isNative() && needs.processors > threads + SPARE_PROCESSORS) {
          failure = String.format("kept %.1f processors busy", needs.processors);
        }
      } catch (Exception e) {
        failure = e.toString();
      }
    }
    return new Fact(
        entry.name,
        failure.isEmpty() ? entry.library.version() : "",
        entry.contender.algorithm(),
        entry.contender.workspaceBytes(),
        needs.allocatedBytes,
        needs.processors,
        error,
        failure,
        oracleNanos);
  }

  /**
   * What calls need beside time.
   *
   * @param allocatedBytes a call; counted apart from the turns, since JMH's GC profiler counts
   *     JMH's own bookkeeping as well, some 7 KB a turn
   * @param processors kept busy: a library may have a pool that ignores the number of threads
   */
  private record Needs(double allocatedBytes, double processors) {
    static final Needs UNKNOWN = new Needs(Double.NaN, Double.NaN);

    static Needs of(Contender contender, long nanos) throws Exception {
      var threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
      var process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
      threads.getTotalThreadAllocatedBytes();
      long busy = process.getProcessCpuTime();
      long before = threads.getTotalThreadAllocatedBytes();
      long start = System.nanoTime();
      long elapsed;
      int calls = 0;
      do {
        contender.run();
        calls++;
        elapsed = System.nanoTime() - start;
      } while (elapsed < nanos);
      return new Needs(
          (threads.getTotalThreadAllocatedBytes() - before) / (double) calls,
          (process.getProcessCpuTime() - busy) / (double) elapsed);
    }
  }

  public static double rms(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  public static double largestDifference(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      largest = difference <= largest ? largest : difference;
    }
    return largest;
  }

  /** What a share of the peak refers to: measured in turn, since the clock changes by a tenth. */
  private static final class Peak implements Contender {
    private final FmaPeak peak = new FmaPeak();
    private float sum;

    @Override
    public void run() {
      sum += peak.fma();
    }

    @Override
    public float[] output() {
      return new float[] {sum};
    }
  }

  /** Keeps the turn of a contender that could not be prepared, so that the others keep theirs. */
  private static final class Absent implements Contender {
    @Override
    public void run() throws InterruptedException {
      Thread.sleep(1);
    }

    @Override
    public float[] output() {
      return new float[0];
    }
  }
}
