package dev.convector.examples.spark;

import dev.convector.examples.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads the text of all pictures of a folder into Parquet, and counts pictures a second. */
@Command(
    name = "read-pictures",
    description =
        "Reads the text of all pictures of a folder on Apache Spark, once for each number of"
            + " threads, writes it as Parquet and counts pictures a second.")
public final class ReadPictures implements Callable<Integer> {
  private static final int SAMPLES = 24;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Prints this and does nothing else.")
  private boolean help;

  @Option(
      names = "--pictures",
      defaultValue = "",
      paramLabel = "FOLDER",
      description = "PNGs and JPEGs; " + SAMPLES + " copies of the sample page by default.")
  private String pictures;

  @Option(
      names = "--out",
      defaultValue = "target/texts",
      paramLabel = "FOLDER",
      description = "Where the Parquet goes; ${DEFAULT-VALUE} by default.")
  private String out;

  @Option(
      names = "--threads",
      defaultValue = "1,2",
      split = ",",
      paramLabel = "COUNT",
      description = "Of Spark's local master; ${DEFAULT-VALUE} by default.")
  private List<Integer> threads;

  @Spec private CommandSpec spec;

  ReadPictures() {}

  /**
   * Runs the program.
   *
   * @param args {@code [--pictures=FOLDER] [--out=FOLDER] [--threads=COUNT,...]}
   */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    System.exit(Program.commandLine(new ReadPictures()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter text = spec.commandLine().getOut();
    Program.folder(out);
    String folder = pictures.isEmpty() ? samples() : pictures;
    if (!Files.isDirectory(Path.of(folder))) {
      throw new IOException(folder + ": no such folder");
    }
    for (int count : threads) {
      text.println(read(folder, count));
      text.flush();
    }
    text.println("Texts: " + Path.of(out).toAbsolutePath().normalize());
    text.flush();
    return 0;
  }

  /** The first reading of a JVM packs weights and waits for the compiler, so one goes ahead. */
  private String read(String folder, int count) throws IOException {
    try (SparkSession spark = session("local[" + count + "]")) {
      Dataset<Row> texts = PictureTexts.of(spark, folder, 4 * count);
      texts.count();
      long begin = System.nanoTime();
      texts.write().mode(SaveMode.Overwrite).parquet(out);
      double seconds = (System.nanoTime() - begin) * 1e-9;
      Dataset<Row> written = spark.read().parquet(out);
      long all = written.count();
      long failed = written.filter("error is not null").count();
      return String.format(
          Locale.ROOT,
          "%d threads: %d pictures, %d of which can't be read, %.1f a second",
          count,
          all,
          failed,
          all / seconds);
    }
  }

  /** A session on this machine alone, whose progress is shown where there is a terminal. */
  static SparkSession session(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("convector")
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "localhost")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.showConsoleProgress", System.console() != null)
        .getOrCreate();
  }

  private static String samples() throws IOException {
    Path folder = Files.createTempDirectory("pictures");
    folder.toFile().deleteOnExit();
    writeSamples(folder, SAMPLES);
    return folder.toString();
  }

  /** Copies of the page that comes with the other example. */
  static void writeSamples(Path folder, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Path file = folder.resolve("page-" + i + ".png");
      try (InputStream page =
          ReadPictures.class.getResourceAsStream("/dev/convector/examples/page/page.png")) {
        Files.copy(page, file);
      }
      file.toFile().deleteOnExit();
    }
  }
}
