package dev.convector.examples.digits;

import dev.convector.Execution;
import dev.convector.examples.Program;
import dev.convector.examples.digits.Training.Epoch;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains LeNet-5 on handwritten digits, then its head again on digits that lie on their side. */
@Command(
    name = "learn-digits",
    mixinStandardHelpOptions = true,
    description = "Trains a convolutional network to read handwritten digits.")
public final class LearnDigits implements Callable<Integer> {
  private static final int BATCH = 32;

  /** So that at least a batch is not held out. */
  private static final int FEWEST_DIGITS = 40;

  /** All that there are. */
  private static final int MOST_DIGITS = 1797;

  private static final long SEED = 1;

  @Option(
      names = "--out",
      defaultValue = "target/digits",
      paramLabel = "FOLDER",
      description = "Where the pictures go; ${DEFAULT-VALUE} by default.")
  private String out;

  @Option(
      names = "--digits",
      defaultValue = "1797",
      paramLabel = "N",
      description = "Only the first so many digits, at least 40, for a quick try; all by default.")
  private int count;

  @Option(
      names = "--epochs",
      defaultValue = "15",
      paramLabel = "N",
      description = "Passes over the training digits; ${DEFAULT-VALUE} by default.")
  private int epochs;

  @Option(
      names = "--transfer-epochs",
      defaultValue = "5",
      paramLabel = "N",
      description = "Passes over the turned digits; ${DEFAULT-VALUE} by default.")
  private int transferEpochs;

  @Spec private CommandSpec spec;

  LearnDigits() {}

  /**
   * Runs the program.
   *
   * @param args {@code [--out=FOLDER] [--digits=N] [--epochs=N] [--transfer-epochs=N]}
   */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return Program.commandLine(new LearnDigits());
  }

  @Override
  public Integer call() throws IOException {
    if (count < FEWEST_DIGITS || count > MOST_DIGITS) {
      throw new ParameterException(
          spec.commandLine(),
          "--digits: " + count + "; must be " + FEWEST_DIGITS + " to " + MOST_DIGITS);
    }
    atLeast(1, "--epochs", epochs);
    atLeast(1, "--transfer-epochs", transferEpochs);
    learn(Program.folder(out), spec.commandLine().getOut());
    return 0;
  }

  private void atLeast(int least, String option, int value) {
    if (value < least) {
      throw new ParameterException(
          spec.commandLine(), option + ": " + value + "; must be at least " + least);
    }
  }

  private void learn(Path folder, PrintWriter text) throws IOException {
    Files.deleteIfExists(folder.resolve("mistakes.png")); // So that an old one is never this run's.
    Digits small = Digits.read().first(count);
    Digits training = small.training().enlarged(LeNet5.ENLARGED);
    Digits heldOut = small.heldOut().enlarged(LeNet5.ENLARGED);
    Network network = LeNet5.create(BATCH, new SplittableRandom(SEED));
    text.printf(
        Locale.ROOT,
        "LeNet-5, %,d parameters; %,d digits to learn from, %d held out; %d threads%n%n",
        network.size(),
        training.count(),
        heldOut.count(),
        Execution.common().threads());

    text.println("epoch   loss   held-out digits read right");
    Training.run(network, training, heldOut, epochs, new SplittableRandom(SEED), e -> say(text, e));
    text.println();

    Program.write(LearnedPictures.filters(network), folder.resolve("filters.png"));
    Program.write(
        LearnedPictures.featureMaps(network, heldOut), folder.resolve("feature-maps.png"));
    BufferedImage mistakes = LearnedPictures.mistakes(network, small.heldOut(), heldOut);

    transfer(network, training.turned(), heldOut.turned(), text);
    Program.write(mistakes, folder.resolve("mistakes.png"));
    text.println(
        "\nPictures in "
            + folder.toAbsolutePath().normalize()
            + ": filters.png, feature-maps.png, mistakes.png");
    text.flush();
  }

  /** Digits on their side: what the convolutions learned of upright ones serves them too. */
  private void transfer(Network upright, Digits training, Digits heldOut, PrintWriter text) {
    text.printf(
        Locale.ROOT,
        "Turned by 90 degrees, %.1f %% of the held-out digits are read right. "
            + "Trained on turned ones:%n",
        100 * upright.accuracy(heldOut));
    text.flush();
    Network newHead = LeNet5.withNewHead(upright, new SplittableRandom(SEED));
    Network scratch = LeNet5.create(BATCH, new SplittableRandom(SEED));
    List<Epoch> first = trained(newHead, training, heldOut);
    List<Epoch> second = trained(scratch, training, heldOut);
    text.println("epoch   convolutions frozen, a new head   everything from scratch");
    for (int i = 0; i < first.size(); i++) {
      text.printf("%5d   %30s   %23s%n", i + 1, cell(first.get(i)), cell(second.get(i)));
    }
    text.flush();
  }

  private static String cell(Epoch epoch) {
    return String.format(Locale.ROOT, "%.1f %%, %.1f s", 100 * epoch.heldOut(), epoch.seconds());
  }

  private List<Epoch> trained(Network network, Digits training, Digits heldOut) {
    return Training.run(
        network, training, heldOut, transferEpochs, new SplittableRandom(SEED), epoch -> {});
  }

  private static void say(PrintWriter text, Epoch epoch) {
    text.printf(Locale.ROOT, "%5d %6.3f   %s%n", epoch.number(), epoch.loss(), cell(epoch));
    text.flush();
  }
}
