import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;

/** A blur of ones is ones, but at the border. */
public final class Blur {
  private Blur() {}

  /**
   * Runs the program.
   *
   * @param args none
   */
  public static void main(String[] args) {
    Conv2d blur = Conv2d.builder().input(1, 1, 5, 5).filters(1, 3, 3).padding(1).build();
    float[] weights = new float[9];
    java.util.Arrays.fill(weights, 1);
    float[] ones = new float[25];
    java.util.Arrays.fill(ones, 1);
    float[] sums = new float[25];
    Conv2dPlan plan = blur.plan(weights, null);
    plan.run(ones, sums);
    if (sums[12] != 9 || sums[0] != 4) {
      throw new AssertionError(sums[12] + " and " + sums[0] + "; must be 9 and 4");
    }
    System.out.println(plan);
  }
}
