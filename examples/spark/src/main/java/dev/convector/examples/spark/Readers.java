package dev.convector.examples.spark;

import dev.convector.Execution;
import dev.convector.examples.page.Models;
import dev.convector.examples.page.PageReader;
import org.apache.spark.broadcast.Broadcast;

/**
 * The one reader of an executor's JVM, which all its tasks share: weights are packed once, and each
 * task computes on its own thread alone, since Spark gives it one core.
 */
final class Readers {
  private static PageReader reader;
  private static int made;

  private Readers() {}

  static synchronized PageReader of(Broadcast<Models> models) {
    if (reader == null) {
      reader = new PageReader(models.value(), Execution.serial());
      made++;
    }
    return reader;
  }

  /** Readers made in this JVM so far. */
  static synchronized int made() {
    return made;
  }
}
