package dev.convector.jmh.race;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.jmh.contender.Contender;
import dev.convector.jmh.contender.ConvectorNetwork;
import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.contender.Library;
import dev.convector.jmh.contender.NetworkTask;
import dev.convector.jmh.network.Network;
import dev.convector.jmh.network.Networks;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class NetworkRunTest {
  private static final Turns SHORT = new Turns(1, 1, 1);

  /** Answers as Convector does, each element by a hundredth of the root mean square too large. */
  private static final class Inexact implements Library {
    @Override
    public String name() {
      return "inexact";
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public Contender prepare(NetworkTask task, int threads) {
      Contender exact = new ConvectorNetwork(task, threads);
      return new Contender() {
        @Override
        public void run() throws Exception {
          exact.run();
        }

        @Override
        public float[] output() throws Exception {
          float[] values = exact.output();
          double rms = Relay.rms(values);
          for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.01 * rms);
          }
          return values;
        }
      };
    }
  }

  @Test
  void comparesWithTheNativeLibrary(@TempDir Path folder) throws Exception {
    Network network = Networks.named("lenet-5");
    NetworkTask task = new NetworkTask(network, network.write(folder));
    Library convector = Libraries.named("convector");

    List<NetworkRun> runs = NetworkRun.measure(task, 2, List.of(convector, new Inexact()), SHORT);

    assertEquals(List.of("convector", "inexact"), runs.stream().map(r -> r.contender()).toList());
    assertEquals(0.01, runs.get(0).difference(), 1e-3);
    assertEquals(0, runs.get(1).difference());
    for (NetworkRun run : runs) {
      assertTrue(run.millis() > 0, run.toString());
    }
  }

  @Test
  void eachBatchIsRunAloneToo(@TempDir Path folder) throws Exception {
    Network network = Networks.named("lenet-5").ofBatch(3);
    List<String> flags = List.of("--add-modules=jdk.incubator.vector");

    List<NetworkRun> runs =
        NetworkRun.inChildren(
            network,
            network.write(folder),
            1,
            List.of(Libraries.named("convector")),
            SHORT,
            0.01,
            flags);

    NetworkRun run = runs.getFirst();
    assertEquals(3, run.batch());
    assertEquals(run.millis() / 3, run.millisAnImage());
    assertTrue(run.fresh().firstMillis() > 1, run.toString());
    assertTrue(run.fresh().steadyMillis() > 1, run.toString());
    double peak = run.fresh().peakMebibytes();
    assertTrue(Double.isNaN(peak) || peak > 10, run.toString());
  }

  /** A tenth of a second in the end, so from 3.65 on; the run before takes 0.15. */
  @Test
  void aProcessIsSteadyOnceItIsAsFastAsInTheEnd() {
    double[] ends = {2, 3, 3.5, 3.65, 3.75, 3.85, 3.95, 4.05, 4.15, 4.25, 4.35, 4.45};
    FreshProcess process = FreshProcess.of(new Calls(0.5, ends), 7);
    assertEquals(2000, process.firstMillis(), 1e-6);
    assertEquals(3650, process.steadyMillis(), 1e-6);
    assertEquals(7, process.peakMebibytes());
  }

  @Test
  void thePeakIsWhatTheSystemSays() {
    Stream<String> status = Stream.of("Name:\tjava", "VmPeak:\t   9 kB", "VmHWM:\t    3072 kB");
    assertEquals(3, FreshProcess.peakOf(status));
    assertTrue(Double.isNaN(FreshProcess.peakOf(Stream.of("Name:\tjava"))));
  }
}
