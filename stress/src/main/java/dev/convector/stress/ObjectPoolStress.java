package dev.convector.stress;

import dev.convector.internal.parallel.ObjectPool;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** An object of a pool is one thread's at a time, and comes with all that was written to it. */
@JCStressTest
@Outcome(id = "0, 0, 4", expect = Expect.ACCEPTABLE, desc = "Each object whole, no update lost.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Taken twice, or taken before it was written.")
@State
public class ObjectPoolStress {
  /** What is written without synchronization, both fields alike. */
  private static final class Kept {
    int first;
    int second;
  }

  private final ObjectPool<Kept> pool = new ObjectPool<>(Kept::new);

  /** Two uses; returns how many found an object that somebody else was using. */
  private int useTwice() {
    int torn = 0;
    for (int i = 0; i < 2; i++) {
      Kept kept = pool.take();
      torn += kept.first == kept.second ? 0 : 1;
      kept.first++;
      kept.second++;
      pool.give(kept);
    }
    return torn;
  }

  @Actor
  public void one(III_Result result) {
    result.r1 = useTwice();
  }

  @Actor
  public void other(III_Result result) {
    result.r2 = useTwice();
  }

  /** Uses of all objects: there are at most two. */
  @Arbiter
  public void all(III_Result result) {
    result.r3 = pool.take().first + pool.take().first;
  }
}
