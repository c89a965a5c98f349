package dev.convector.jmh.check;

import dev.convector.jmh.machine.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** Reads what Surefire and jqwik report of tests. */
public final class CheckReports {
  /** A class, and the suffix of its part in brackets. */
  private static final Pattern NAME = Pattern.compile("(.*?)(?:\\((.*)\\))?");

  /** As jqwik ends its report of a property. */
  private static final Pattern TRIES = Pattern.compile("(?m)^tries = (\\d+)");

  /** A loop over calls is one property to jqwik. */
  private static final String CALLS_CLASS = "FuzzProperties";

  private static final String CALLS = "convector.test.fuzzCalls";

  private final String check;
  private final Path folder;

  /**
   * @param check the profile of the tests
   * @param folder of the reports
   */
  public CheckReports(String check, Path folder) {
    this.check = check;
    this.folder = folder;
  }

  /** A part for each suffix, in the order of the alphabet. */
  public List<CheckPart> read() throws IOException {
    List<Path> files;
    try (var all = Files.list(folder)) {
      files =
          all.filter(f -> f.getFileName().toString().matches("TEST-.*\\.xml")).sorted().toList();
    }
    if (files.isEmpty()) {
      throw new IOException(folder + ": no reports; must be a folder of TEST-*.xml");
    }
    String commit = Machine.commit(folder);
    Map<String, CheckPart> parts = new TreeMap<>();
    for (Path file : files) {
      Element suite = parse(file).getDocumentElement();
      String date = Files.getLastModifiedTime(file).toString();
      CheckPart part = part(suite, date.substring(0, 19) + "Z", commit);
      parts.merge(part.part(), part, CheckPart::plus);
    }
    return List.copyOf(parts.values());
  }

  private CheckPart part(Element suite, String date, String commit) {
    Matcher name = NAME.matcher(suite.getAttribute("name"));
    name.matches();
    int methods = number(suite, "tests") - number(suite, "skipped");
    return new CheckPart(
        check,
        name.group(2) == null ? "" : name.group(2),
        methods,
        Math.max(methods, tries(suite) + calls(suite, name.group(1))),
        number(suite, "failures") + number(suite, "errors"),
        seconds(suite),
        date,
        commit,
        Machine.processor());
  }

  private static int number(Element suite, String attribute) {
    return Integer.parseInt(suite.getAttribute(attribute));
  }

  /** Of its tests: what failed before runs first, and others' tests in between. */
  private static double seconds(Element suite) {
    NodeList tests = suite.getElementsByTagName("testcase");
    double sum = 0;
    for (int i = 0; i < tests.getLength(); i++) {
      sum += Double.parseDouble(((Element) tests.item(i)).getAttribute("time"));
    }
    return sum;
  }

  private static long tries(Element suite) {
    return TRIES
        .matcher(suite.getTextContent())
        .results()
        .map((MatchResult tries) -> tries.group(1))
        .mapToLong(Long::parseLong)
        .sum();
  }

  private static long calls(Element suite, String className) {
    if (!className.endsWith(CALLS_CLASS)) {
      return 0;
    }
    NodeList properties = suite.getElementsByTagName("property");
    for (int i = 0; i < properties.getLength(); i++) {
      Element property = (Element) properties.item(i);
      if (property.getAttribute("name").equals(CALLS)) {
        return Long.parseLong(property.getAttribute("value"));
      }
    }
    return 0;
  }

  private static Document parse(Path file) throws IOException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      // Java's own prints, too.
      builder.setErrorHandler(new DefaultHandler());
      return builder.parse(file.toFile());
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(file + ": not a report of tests", e);
    }
  }
}
