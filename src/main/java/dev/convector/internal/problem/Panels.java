package dev.convector.internal.problem;

/** The filters of all groups cut into panels, which the kernels compute one at a time. */
public interface Panels {

  /** Panels of all groups. */
  int panels();

  /** A panel's first filter, counted through all groups. */
  int filter(int panel);

  /** Filters of a panel. */
  int columns(int panel);
}
