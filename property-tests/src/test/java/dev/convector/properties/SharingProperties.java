package dev.convector.properties;

import com.sun.management.ThreadMXBean;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import java.lang.management.ManagementFactory;
import net.jqwik.api.Example;
import net.jqwik.api.Label;

@Label("a plan for another size of image shares the packed weights")
class SharingProperties {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int FILTERS = 8192;

  @Example
  @Label("with pixels in the lanes and in the reference: it allocates far less than they take")
  void depthwise() {
    Conv2d conv =
        Conv2d.builder()
            .input(1, FILTERS, 32, 32)
            .filters(FILTERS, 5, 5)
            .padding(2)
            .groups(FILTERS)
            .build();
    float[] weights = new float[conv.shape().weightsSize()];
    for (Algorithm algorithm : new Algorithm[] {Algorithm.DEPTHWISE, Algorithm.REFERENCE}) {
      Conv2dPlan plan = conv.plan(weights, null, algorithm);
      plan.withInput(1, 30, 30);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      Conv2dPlan other = plan.withInput(2, 40, 40);
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (allocated > plan.packedBytes() / 8) {
        throw new AssertionError(
            allocated + " bytes for " + other + ", whose weights take " + plan.packedBytes());
      }
    }
  }
}
