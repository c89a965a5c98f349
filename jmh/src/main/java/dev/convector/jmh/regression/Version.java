package dev.convector.jmh.regression;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Finds the classes of a version; builds those of a git revision. */
final class Version {
  private final Path cache;

  /**
   * @param cache folder for the jars of revisions, each built once
   */
  Version(Path cache) {
    this.cache = cache;
  }

  /**
   * Resolves what a user calls a version.
   *
   * @param name a jar, a folder of classes, or a git revision of the repository in the working
   *     directory
   * @return a jar or a folder of classes
   * @throws IOException if it is neither, or the revision can't be built
   */
  Path resolve(String name) throws IOException {
    Path place = Path.of(name);
    if (Files.exists(place)) {
      boolean holds =
          Files.isRegularFile(place) || Files.exists(place.resolve("dev/convector/Conv2d.class"));
      if (!holds) {
        throw new IOException(name + " has no class dev.convector.Conv2d");
      }
      return place.toAbsolutePath();
    }
    String commit = run(Path.of(""), "git", "rev-parse", "--verify", "-q", name + "^{commit}");
    Path jar = cache.resolve(commit + ".jar").toAbsolutePath();
    if (!Files.exists(jar)) {
      build(commit, jar);
    }
    return jar;
  }

  private void build(String commit, Path jar) throws IOException {
    Files.createDirectories(cache);
    Path tree = Files.createTempDirectory("convector-" + commit.substring(0, 12) + "-");
    System.out.println("builds " + commit);
    try {
      run(Path.of(""), "git", "worktree", "add", "-q", "--detach", tree.toString(), commit);
      run(
          tree,
          maven(),
          "-q",
          "-B",
          "package",
          "-DskipTests",
          "-Dspotless.check.skip",
          "-pl",
          "src",
          "-am");
      try (Stream<Path> built = Files.list(tree.resolve("src/target"))) {
        Path made =
            built
                .filter(file -> file.getFileName().toString().endsWith(".jar"))
                .findFirst()
                .orElseThrow(() -> new IOException(commit + ": the build made no jar"));
        Files.copy(made, jar, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      run(Path.of(""), "git", "worktree", "remove", "--force", tree.toString());
    }
  }

  private static String maven() {
    boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("win");
    return windows ? "mvn.cmd" : "mvn";
  }

  /** What a command prints. */
  private static String run(Path folder, String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toAbsolutePath().toFile())
            .redirectErrorStream(true)
            .start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", List.of(command)) + " failed: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return said;
  }
}
