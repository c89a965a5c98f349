package dev.convector.jmh.report;

import java.io.IOException;
import java.nio.file.Path;

public final class Report {
  public static void write(Path a, Path b, boolean c) throws IOException {}
}
