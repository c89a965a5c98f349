package dev.convector.examples.photos;

import dev.convector.Execution;
import dev.convector.examples.ContactSheet;
import dev.convector.examples.Photo;
import dev.convector.examples.Program;
import dev.convector.examples.photos.Filter.Source;
import dev.convector.examples.photos.Filter.View;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Filters a photograph: writes what comes of it and prints how fast it went. */
@Command(
    name = "photo-filters",
    mixinStandardHelpOptions = true,
    description = "Convolves a photograph with well-known filters and measures it.")
public final class PhotoFilters implements Callable<Integer> {
  /** Exit status where an output isn't the oracle's. */
  static final int WRONG = 3;

  private static final String SAMPLE = "coffee.png";

  /** Pixels of the longer side of a picture on the contact sheet. */
  private static final int CELL = 300;

  private static final int COLUMNS = 4;

  @Option(
      names = "--photo",
      defaultValue = "",
      paramLabel = "FILE",
      description = "A PNG or a JPEG; the cup of coffee that comes with this program by default.")
  private String photo;

  @Option(
      names = "--out",
      defaultValue = "target/photos",
      paramLabel = "FOLDER",
      description = "Where the pictures go; ${DEFAULT-VALUE} by default.")
  private String out;

  @Option(
      names = "--warm-up",
      defaultValue = "2",
      paramLabel = "SECONDS",
      description =
          "How long each filter runs before it is timed; ${DEFAULT-VALUE} by default, since C2 needs"
              + " 1.7 for the largest.")
  private double warmUp;

  @Spec private CommandSpec spec;

  PhotoFilters() {}

  /**
   * Runs the program.
   *
   * @param args {@code [--photo=FILE] [--out=FOLDER] [--warm-up=SECONDS]}
   */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return Program.commandLine(new PhotoFilters());
  }

  @Override
  public Integer call() throws Exception {
    return Program.withPicture(name(), () -> filter(spec.commandLine()));
  }

  private int filter(CommandLine commandLine) throws IOException {
    Path folder = Program.folder(out);
    Path page = folder.resolve("contact-sheet.png");
    Files.deleteIfExists(page); // So that an old one is never taken for this run's.
    Photo original = read();
    commandLine
        .getOut()
        .printf(
            "%s, %d x %d pixels; %d threads%n%n",
            name(), original.width(), original.height(), Execution.common().threads());

    ContactSheet sheet = new ContactSheet(original.width(), original.height(), CELL, COLUMNS);
    sheet.add("original", original.picture());
    List<FilterRun> runs = new ArrayList<>();
    float[] luminance = null;
    for (Filter filter : Filters.ALL) {
      float[] pixels = filter.source() == Source.COLOURS ? original.pixels() : luminance;
      FilterRun run = FilterRun.of(filter, pixels, original.height(), original.width(), warmUp);
      if (filter == Filters.LUMINANCE) {
        luminance = run.output();
      }
      for (View view : filter.views()) {
        BufferedImage picture = Pictures.of(view, run.output(), run.width(), run.height());
        Program.write(picture, folder.resolve(view.file()));
        sheet.add(view.label(), picture);
      }
      run.dropOutput();
      runs.add(run);
    }
    Program.write(sheet.draw(), page);

    commandLine.getOut().println(Table.of(runs));
    commandLine.getOut().println("Pictures: " + page.toAbsolutePath().normalize() + " shows all");
    commandLine.getOut().flush();
    boolean allEqual =
        runs.stream().flatMap(run -> run.steps().stream()).allMatch(step -> step.oracle().equal());
    return allEqual ? 0 : WRONG;
  }

  private String name() {
    return photo.isEmpty() ? SAMPLE : photo;
  }

  private Photo read() throws IOException {
    return photo.isEmpty()
        ? Photo.read(PhotoFilters.class.getResourceAsStream(SAMPLE), SAMPLE)
        : Photo.read(Path.of(photo));
  }
}
