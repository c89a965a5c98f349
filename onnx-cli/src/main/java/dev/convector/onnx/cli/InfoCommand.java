package dev.convector.onnx.cli;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.OnnxModel;
import dev.convector.onnx.Profile;
import dev.convector.onnx.Session;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells what a model is. */
@Command(
    name = "info",
    description =
        "Tells what a model is: inputs, outputs, operators, parameters (numbers of its"
            + " floating-point tensors), receptive field, multiply-adds, and what is not supported."
            + " Multiply-adds are counted in one run on zeros, so all sizes must be known.")
final class InfoCommand implements Callable<Integer> {
  @Mixin private Help help;
  @Mixin private ModelArgument argument;

  @Option(
      names = "--explain",
      description =
          "Also prints a line for each step that is left after fusing, with what became"
              + " part of it.")
  private boolean explain;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ModelProto file = argument.parse();
    ModelCounts counts = ModelCounts.of(file);
    row(
        out,
        "file",
        String.format(
            Locale.ROOT,
            "%s, %,d bytes, IR version %d, opset %s%s",
            argument.file(),
            Files.size(argument.file()),
            file.getIrVersion(),
            counts.opsets(),
            file.getProducerName().isEmpty() ? "" : ", made by " + file.getProducerName()));
    row(out, "operators", counts.operators());
    row(out, "parameters", String.format(Locale.ROOT, "%,d", counts.parameters()));
    for (String line : ReceptiveFields.of(file.getGraph()).lines()) {
      row(out, "receptive field", line);
    }
    OnnxModel model;
    try {
      model = argument.load();
    } catch (OnnxException refused) {
      row(out, "not supported", refused.getMessage().strip());
      out.flush();
      return 0;
    }
    model.inputs().forEach(input -> row(out, "input", input.toString()));
    model.outputs().forEach(output -> row(out, "output", output.toString()));
    run(out, model);
    out.flush();
    return 0;
  }

  private void run(PrintWriter out, OnnxModel model) {
    Session session = model.session();
    try {
      session.run(Inputs.zeros(model, argument));
      row(out, "not supported", "nothing");
      row(out, "multiply-adds", multiplyAdds(session.profile()) + " with " + shapes(model));
    } catch (OnnxException refused) {
      row(out, "not supported", refused.getMessage().strip());
      return;
    } catch (IllegalArgumentException open) {
      row(out, "not supported", "nothing that can be told without shapes");
      row(out, "multiply-adds", "unknown; " + open.getMessage());
    }
    if (explain) {
      out.println();
      out.print(session.explain());
    }
  }

  private String shapes(OnnxModel model) {
    return model.inputs().stream()
        .map(input -> input.name() + "=" + Inputs.text(argument.shape(input)))
        .collect(Collectors.joining(" "));
  }

  /** The profile tells them as a rate. */
  private static String multiplyAdds(Profile profile) {
    double sum =
        profile.rows().stream()
            .mapToDouble(row -> row.gigaflops() * row.milliseconds() * 1e6 / 2)
            .sum();
    return String.format(Locale.ROOT, "%,d", Math.round(sum));
  }

  private static void row(PrintWriter out, String name, String value) {
    out.printf("%-16s %s%n", name, value);
  }
}
