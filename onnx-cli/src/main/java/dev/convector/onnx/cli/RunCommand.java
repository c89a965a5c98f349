package dev.convector.onnx.cli;

import dev.convector.onnx.OnnxModel;
import dev.convector.onnx.Tensor;
import dev.convector.onnx.ValueInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a picture to a network. */
@Command(
    name = "run",
    description =
        "Shows a picture to a network with one input. Of an output of classes the five likeliest are"
            + " printed; an output of 1 or 3 planes is written as a picture, one of more as the"
            + " likeliest plane of each pixel in colours; of others the shape and the range are"
            + " printed.")
final class RunCommand implements Callable<Integer> {
  @Mixin private Help help;
  @Mixin private ModelArgument argument;
  @Mixin private PictureInput picture;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the classes, one a line, UTF-8.")
  private Path labels;

  @Option(
      names = "--range",
      split = ",",
      paramLabel = "NUMBER",
      description =
          "Two numbers: what is black and what is white in an output that is a picture; 0,1 by"
              + " default.")
  private float[] range;

  @Option(
      names = "--feature-maps",
      paramLabel = "LAYERS",
      description =
          "Instead of the outputs, writes a contact sheet of what the first convolutions see: up to"
              + " 64 maps of each, after its normalisation and activation, the smallest value of a"
              + " map black and the largest white.")
  private Integer featureMaps;

  @Option(
      names = {"-o", "--out"},
      defaultValue = ".",
      paramLabel = "FOLDER",
      description =
          "Where pictures go: feature-maps.png, or one with the name of each output;"
              + " the current folder by default.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (range != null && (range.length != 2 || !(range[0] < range[1]))) {
      throw new IllegalArgumentException(
          "--range: " + Arrays.toString(range) + "; must be two numbers, the first one smaller");
    }
    if (featureMaps == null) {
      showOutputs();
    } else {
      requireNoOtherOutput();
      writeFeatureMaps();
    }
    return 0;
  }

  private void requireNoOtherOutput() {
    if (featureMaps < 1) {
      throw new IllegalArgumentException("--feature-maps: " + featureMaps + "; must be at least 1");
    }
    if (labels != null || range != null) {
      throw new IllegalArgumentException(
          "--feature-maps: given with "
              + (labels != null ? "--labels" : "--range")
              + ", which is for outputs; must be without");
    }
  }

  private void showOutputs() throws IOException {
    List<String> names = labels == null ? List.of() : Files.readAllLines(labels);
    Map<String, Tensor> outputs = run(argument.load());
    if (labels != null && outputs.values().stream().noneMatch(Classes::are)) {
      throw new IllegalArgumentException(
          "--labels: the outputs are " + outputs + "; one must be of classes");
    }
    PrintWriter text = spec.commandLine().getOut();
    for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
      show(text, output.getKey(), output.getValue(), names);
    }
    text.flush();
  }

  private Map<String, Tensor> run(OnnxModel model) throws IOException {
    if (model.inputs().size() != 1) {
      throw new IllegalArgumentException(
          "MODEL: takes " + model.inputs() + "; must take one picture and nothing else");
    }
    ValueInfo input = model.inputs().getFirst();
    return model.session().run(Map.of(input.name(), picture.read(input, argument)));
  }

  private void show(PrintWriter text, String name, Tensor output, List<String> names)
      throws IOException {
    text.println(name + " " + output);
    long[] shape = output.shape();
    if (!output.type().isFloating()) {
      text.println(
          "  " + Arrays.toString(Arrays.copyOf(output.longs(), Math.min(10, output.size()))));
    } else if (Classes.are(output)) {
      text.print(Classes.of(output.floats(), names).firstFive());
    } else if (shape.length == 4 && shape[0] == 1 && output.size() > 0) {
      Path file = file(name);
      float black = range == null ? 0 : range[0];
      float white = range == null ? 1 : range[1];
      ImageIO.write(OutputPicture.of(output, black, white), "png", file.toFile());
      text.println("  written to " + file);
    } else {
      text.print(summary(output.floats()));
    }
  }

  private Path file(String name) throws IOException {
    Files.createDirectories(out);
    return out.resolve(name.replaceAll("[^A-Za-z0-9._-]+", "_") + ".png");
  }

  private static String summary(float[] values) {
    double sum = 0;
    float smallest = Float.POSITIVE_INFINITY;
    float largest = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      sum += value;
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
    }
    return String.format(
        Locale.ROOT,
        "  from %g to %g, mean %g%n",
        smallest,
        largest,
        sum / Math.max(1, values.length));
  }

  private void writeFeatureMaps() throws IOException {
    FirstLayers layers = FirstLayers.of(argument.parse(), featureMaps);
    OnnxModel model = OnnxModel.load(layers.model());
    Map<String, Tensor> maps = run(model);
    Path file = file("feature-maps");
    FeatureSheet sheet = new FeatureSheet();
    for (FirstLayers.Layer layer : layers.layers()) {
      sheet.add(layer.label(), maps.get(layer.output()));
    }
    ImageIO.write(sheet.draw(), "png", file.toFile());
    PrintWriter text = spec.commandLine().getOut();
    text.println("feature maps written to " + file);
    text.flush();
  }
}
