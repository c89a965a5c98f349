package dev.convector.examples.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 300, unit = TimeUnit.SECONDS)
class PictureTextsTest {
  private static final int PICTURES = 10;

  @TempDir Path folder;

  /** Kills the first task that reads pictures while it reads. */
  private static final class Killer extends SparkListener {
    private final SparkSession spark;
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger killed = new AtomicInteger();

    Killer(SparkSession spark) {
      this.spark = spark;
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      // Stage 0 lists the files and shuffles them; the reading is the stage behind it.
      if (start.stageId() > 0 && started.getAndIncrement() == 0) {
        Thread.ofVirtual().start(() -> kill(start.taskInfo().taskId()));
      }
    }

    private void kill(long task) {
      while (Readers.made() == 0) {
        LockSupport.parkNanos(1_000_000);
      }
      spark.sparkContext().killTaskAttempt(task, true, "test");
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.reason() instanceof TaskKilled) {
        killed.incrementAndGet();
      }
    }
  }

  @Test
  void aKilledTaskLosesNoPicture() throws Exception {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    ReadPictures.writeSamples(pictures, PICTURES - 1);
    Files.writeString(pictures.resolve("damaged.png"), "no picture");
    String out = folder.resolve("texts").toString();
    try (SparkSession spark = ReadPictures.session("local[2]")) {
      Killer killer = new Killer(spark);
      spark.sparkContext().addSparkListener(killer);
      PictureTexts.of(spark, pictures.toString(), 2).write().parquet(out);
      spark.sparkContext().listenerBus().waitUntilEmpty();

      List<Row> rows = spark.read().parquet(out).collectAsList();
      assertEquals(1, killer.killed.get(), "tasks killed");
      assertEquals(PICTURES, rows.size());
      assertEquals(
          PICTURES, rows.stream().map(row -> row.<String>getAs("path")).distinct().count());
      for (Row row : rows) {
        if (row.<String>getAs("path").endsWith("damaged.png")) {
          assertNotNull(row.getAs("error"));
        } else {
          assertTrue(row.<String>getAs("text").startsWith("Region"), () -> row.getAs("text"));
        }
      }
      assertEquals(
          1,
          rows.stream()
              .filter(row -> row.getAs("error") == null)
              .map(row -> row.<String>getAs("text"))
              .collect(Collectors.toSet())
              .size(),
          "texts of equal pictures");
      assertEquals(1, Readers.made(), "readers of this JVM");
    }
  }
}
