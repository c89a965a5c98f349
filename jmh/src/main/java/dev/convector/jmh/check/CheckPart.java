package dev.convector.jmh.check;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * What a run of a profile of tests did in one of its parts, such as a width of vectors.
 *
 * @param check the profile
 * @param part the suffix of its reports; empty for none
 * @param methods tests
 * @param cases what they tried
 * @param failures tests that failed, and those that ended with an error
 * @param seconds of all tests, one after the other
 * @param date of the last report, in ISO 8601
 * @param commit of the sources
 * @param processor its name
 */
@JsonPropertyOrder({
  "check",
  "part",
  "methods",
  "cases",
  "failures",
  "seconds",
  "date",
  "commit",
  "processor"
})
public record CheckPart(
    String check,
    String part,
    int methods,
    long cases,
    int failures,
    double seconds,
    String date,
    String commit,
    String processor) {

  boolean isSamePart(CheckPart other) {
    return check.equals(other.check) && part.equals(other.part);
  }

  /** Both together, as parts of the same run: of this one's name, and of the later day. */
  public CheckPart plus(CheckPart other) {
    return new CheckPart(
        check,
        part,
        methods + other.methods,
        cases + other.cases,
        failures + other.failures,
        seconds + other.seconds,
        date.compareTo(other.date) > 0 ? date : other.date,
        commit,
        processor);
  }
}
