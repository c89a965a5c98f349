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
      assertTrue(run.millis() > 0 && run.firstMillis() > 0, run.toString());
    }
  }
}
