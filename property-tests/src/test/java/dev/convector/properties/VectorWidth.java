package dev.convector.properties;

import jdk.incubator.vector.FloatVector;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/**
 * Runs every test with the vector width of the system property {@code convector.test.vectorBits},
 * or skips it where the machine's vectors are narrower. Registered for all tests as a service, so
 * that it comes before the library's first class.
 */
public final class VectorWidth implements SkipExecutionHook {
  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  @Override
  public SkipResult shouldBeSkipped(LifecycleContext context) {
    Integer wanted = Integer.getInteger("convector.test.vectorBits");
    if (wanted == null) {
      return SkipResult.doNotSkip();
    }
    int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (wanted > widest) {
      return SkipResult.skip(
          wanted + "-bit vectors are wanted, this machine's have " + widest + " bits");
    }
    System.setProperty("convector.vectorBits", wanted.toString());
    return SkipResult.doNotSkip();
  }
}
