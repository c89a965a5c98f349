package dev.convector.internal.simd;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs every test with the vector width of the system property {@code convector.test.vectorBits},
 * or skips it where the machine's vectors are narrower. Registered for all tests as a service, so
 * that it comes before the library's first class.
 */
public final class VectorWidth implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Integer wanted = Integer.getInteger("convector.test.vectorBits");
    if (wanted == null) {
      return enabled("no width is wanted");
    }
    int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (wanted > widest) {
      return disabled(wanted + "-bit vectors are wanted, this machine's have " + widest + " bits");
    }
    System.setProperty("convector.vectorBits", wanted.toString());
    return enabled(wanted + "-bit vectors");
  }
}
