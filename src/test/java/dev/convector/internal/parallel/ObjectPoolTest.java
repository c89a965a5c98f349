package dev.convector.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ObjectPoolTest {
  @Test
  void givesBackWhatItWasGiven() {
    ObjectPool<Object> pool = new ObjectPool<>(Object::new);
    Object first = pool.take();
    Object second = pool.take();
    assertNotSame(first, second);
    pool.give(first);
    assertSame(first, pool.take());
  }

  @Test
  void keepsABoundedNumber() {
    AtomicInteger made = new AtomicInteger();
    ObjectPool<Integer> pool = new ObjectPool<>(made::incrementAndGet);
    int many = 1_000;
    Integer[] taken = new Integer[many];
    for (int i = 0; i < many; i++) {
      taken[i] = pool.take();
    }
    for (Integer object : taken) {
      pool.give(object);
    }
    for (int i = 0; i < many; i++) {
      pool.take();
    }
    int kept = 2 * many - made.get();
    assertEquals(2 * Runtime.getRuntime().availableProcessors(), kept);
  }

  @Test
  void workersGetTheirOwnObjectsAgain() throws Exception {
    ObjectPool<Object> pool = new ObjectPool<>(Object::new);
    Object callers = pool.take();
    try (ForkJoinPool workers = new ForkJoinPool(1)) {
      Object workersOwn = workers.submit(pool::take).get();
      pool.give(callers);
      workers.submit(() -> pool.give(workersOwn)).get();
      for (int i = 0; i < 10; i++) {
        assertSame(callers, pool.take());
        pool.give(callers);
        assertSame(workersOwn, workers.submit(pool::take).get());
        workers.submit(() -> pool.give(workersOwn)).get();
      }
    }
  }

  @Test
  void noObjectIsInTwoHands() throws Exception {
    ObjectPool<AtomicBoolean> pool = new ObjectPool<>(AtomicBoolean::new);
    Callable<Boolean> user =
        () -> {
          boolean alone = true;
          for (int i = 0; i < 20_000; i++) {
            AtomicBoolean inUse = pool.take();
            alone &= inUse.compareAndSet(false, true);
            inUse.set(false);
            pool.give(inUse);
          }
          return alone;
        };
    try (ExecutorService users = Executors.newFixedThreadPool(4)) {
      for (Future<Boolean> alone : users.invokeAll(Collections.nCopies(4, user))) {
        assertTrue(alone.get());
      }
    }
  }
}
