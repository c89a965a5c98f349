package dev.convector.properties;

/** Whether a case adds a residual, and where that lies. */
enum Residual {
  NONE,
  /** In an array of its own. */
  APART,
  /** Exactly where the output goes. */
  IN_DST
}
