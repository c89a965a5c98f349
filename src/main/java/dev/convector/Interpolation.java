package dev.convector;

/** How a resized element is made of those around it. */
public enum Interpolation {
  /** One element, which is copied. */
  NEAREST,
  /** Two along each axis, weighted by their distances. */
  BILINEAR,
  /** Four along each axis, weighted by Keys' cubic kernel. */
  BICUBIC
}
