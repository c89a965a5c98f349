package dev.convector.examples.page;

import dev.convector.Execution;
import dev.convector.examples.Photo;
import dev.convector.examples.Program;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Reads the text of a picture: prints it, and writes the picture with what was found. */
@Command(
    name = "read-page",
    description =
        "Reads the text of a picture with the networks of PP-OCR v4, prints it with its confidence"
            + " and the time that each stage took, and writes it beside the picture with its lines"
            + " drawn in.")
public final class ReadPage implements Callable<Integer> {
  private static final String SAMPLE = "page.png";
  private static final String DRAWING = "lines.png";
  private static final String TEXT = "text.txt";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Prints this and does nothing else.")
  private boolean help;

  @Option(
      names = "--picture",
      defaultValue = "",
      paramLabel = "FILE",
      description = "A PNG or a JPEG; the page that comes with this program by default.")
  private String picture;

  @Option(
      names = "--out",
      defaultValue = "target/page",
      paramLabel = "FOLDER",
      description =
          "Where "
              + DRAWING
              + " and "
              + TEXT
              + " (one line for each line, UTF-8) go; ${DEFAULT-VALUE} by default.")
  private String out;

  @Option(
      names = "--repeat",
      defaultValue = "1",
      paramLabel = "TIMES",
      description =
          "Reads the picture this many times; from 2 on, the medians of all readings but the first"
              + " are printed, too. ${DEFAULT-VALUE} by default.")
  private int repeat;

  @Spec private CommandSpec spec;

  ReadPage() {}

  /**
   * Runs the program.
   *
   * @param args {@code [--picture=FILE] [--out=FOLDER] [--repeat=TIMES]}
   */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return Program.commandLine(new ReadPage());
  }

  @Override
  public Integer call() throws Exception {
    CommandLine commandLine = spec.commandLine();
    if (repeat < 1) {
      throw new ParameterException(commandLine, "--repeat: " + repeat + "; must be at least 1");
    }
    return Program.withPicture(
        name(),
        () -> {
          read(commandLine.getOut(), commandLine.getErr());
          return 0;
        });
  }

  private void read(PrintWriter text, PrintWriter err) throws IOException {
    Path folder = Program.folder(out);
    Path drawing = folder.resolve(DRAWING);
    Files.deleteIfExists(drawing); // So that an old one is never taken for this run's.
    Photo photo = photo();
    text.printf(
        "%s, %d x %d pixels; %d threads%n%n",
        name(), photo.width(), photo.height(), Execution.common().threads());
    text.flush();

    long begin = System.nanoTime();
    PageReader reader = new PageReader(Models.bundled(), Execution.common());
    double loading = (System.nanoTime() - begin) * 1e-6;
    List<Page> pages = new ArrayList<>();
    for (int i = 0; i < repeat; i++) {
      try (ProgressLine progress = new ProgressLine(err)) {
        pages.add(reader.read(photo, progress));
      }
    }
    Page page = pages.getFirst();
    text.println(PageText.of(page));
    text.println(StageTable.of(loading, pages));

    write(page, folder.resolve(TEXT));
    Program.write(PageDrawing.of(photo, page), drawing);
    text.println("Lines drawn: " + drawing.toAbsolutePath().normalize());
    text.flush();
  }

  private String name() {
    return picture.isEmpty() ? SAMPLE : picture;
  }

  private Photo photo() throws IOException {
    return picture.isEmpty()
        ? Photo.read(ReadPage.class.getResourceAsStream(SAMPLE), SAMPLE)
        : Photo.read(Path.of(picture));
  }

  private static void write(Page page, Path file) throws IOException {
    Files.writeString(
        file, page.lines().stream().map(line -> line.text() + "\n").collect(Collectors.joining()));
  }
}
