package dev.convector.stress;

import dev.convector.internal.parallel.ObjectPool;
import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.UnitTask;
import java.util.concurrent.ForkJoinPool;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two callers, run after run on objects of one pool, as a plan has it. Helpers of an earlier run
 * come late and take part in a later one: they must see what that caller has written, and the
 * caller what they have.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Each unit once, of the run at hand.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A unit of another run, or one that is not seen.")
@State
public class ParallelRunStress {
  private static final int UNITS = 4;
  private static final int RUNS = 3;
  private static final ForkJoinPool HELPERS = new ForkJoinPool(2);

  /** One object for both callers and all states, so that its helpers are queued already. */
  private static final ObjectPool<Sum> SUMS = new ObjectPool<>(Sum::new);

  /** No field is volatile: a run orders what is before it, in it and after it. */
  private static final class Sum implements UnitTask {
    private final ParallelRun run = new ParallelRun();
    private final int[] seen = new int[UNITS];
    private int number;

    /** Returns how many units did not see this run's number, or were not seen. */
    int wrong(int of) {
      number = of;
      run.run(this, UNITS, HELPERS, 2, 1, 1);
      int wrong = 0;
      for (int unit = 0; unit < UNITS; unit++) {
        wrong += seen[unit] == of ? 0 : 1;
        seen[unit] = -1;
      }
      return wrong;
    }

    @Override
    public void run(int unit, Scratch scratch) {
      seen[unit] = seen[unit] == -1 || seen[unit] == 0 ? number : -2;
    }
  }

  private static int wrong(int first) {
    int wrong = 0;
    for (int i = 0; i < RUNS; i++) {
      Sum sum = SUMS.take();
      wrong += sum.wrong(first + i);
      SUMS.give(sum);
    }
    return wrong;
  }

  @Actor
  public void one(II_Result result) {
    result.r1 = wrong(10);
  }

  @Actor
  public void other(II_Result result) {
    result.r2 = wrong(20);
  }
}
