package dev.convector.jmh;

import dev.convector.jmh.check.CheckArchive;
import dev.convector.jmh.check.CheckPart;
import dev.convector.jmh.check.CheckReports;
import dev.convector.jmh.report.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Keeps what a long run of the tests reported, and rewrites RESULTS.md. */
@Command(name = "keep-checks", mixinStandardHelpOptions = true)
public final class KeepChecks implements Callable<Integer> {
  @Parameters(index = "0", description = "the profile of the tests, such as long-properties")
  String check;

  @Parameters(index = "1", description = "the folder of Surefire's reports")
  Path reports;

  public static void main(String[] args) {
    System.exit(new CommandLine(new KeepChecks()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    List<CheckPart> parts = new CheckReports(check, reports).read();
    new CheckArchive(Report.SESSIONS).write(parts);
    Report.publish(Path.of(""));
    return 0;
  }
}
