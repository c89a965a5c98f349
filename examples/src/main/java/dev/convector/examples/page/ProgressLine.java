package dev.convector.examples.page;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as a bar that is overwritten and at last erased. */
final class ProgressLine implements Progress, AutoCloseable {
  private static final int COLUMNS = 70;
  private static final int UPDATE_MILLIS = 100;

  private final ProgressBar bar;

  ProgressLine(PrintWriter out) {
    bar =
        new ProgressBarBuilder()
            .setTaskName("reading")
            .setInitialMax(1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .hideEta()
            .setConsumer(new Terminal(out))
            .build();
  }

  @Override
  public void update(String stage, int done, int all) {
    bar.maxHint(all).stepTo(done).setExtraMessage(" " + stage);
  }

  @Override
  public void close() {
    bar.close();
  }

  /** Of a fixed width: asking the system for a terminal's width takes native code. */
  private record Terminal(PrintWriter out) implements ProgressBarConsumer {
    @Override
    public int getMaxRenderedLength() {
      return COLUMNS;
    }

    @Override
    public void accept(String rendered) {
      out.print("\r" + rendered);
      out.flush();
    }

    @Override
    public void close() {
      out.print("\r" + " ".repeat(COLUMNS) + "\r");
      out.flush();
    }
  }
}
