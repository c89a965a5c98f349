package dev.convector.internal.winograd;

import java.math.BigInteger;

/** An exact fraction in lowest terms. */
record Rational(BigInteger numerator, BigInteger denominator) {
  static final Rational ZERO = of(0);
  static final Rational ONE = of(1);

  Rational {
    BigInteger divisor = numerator.gcd(denominator);
    divisor = denominator.signum() < 0 ? divisor.negate() : divisor;
    numerator = numerator.divide(divisor);
    denominator = denominator.divide(divisor);
  }

  static Rational of(long integer) {
    return of(integer, 1);
  }

  static Rational of(long numerator, long denominator) {
    return new Rational(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
  }

  Rational plus(Rational other) {
    return new Rational(
        numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
        denominator.multiply(other.denominator));
  }

  Rational negated() {
    return new Rational(numerator.negate(), denominator);
  }

  Rational times(Rational other) {
    return new Rational(
        numerator.multiply(other.numerator), denominator.multiply(other.denominator));
  }

  Rational over(Rational other) {
    return new Rational(
        numerator.multiply(other.denominator), denominator.multiply(other.numerator));
  }

  Rational power(int exponent) {
    return new Rational(numerator.pow(exponent), denominator.pow(exponent));
  }

  /** Rounded once where both parts are below 2^53, as those of the transforms are. */
  double toDouble() {
    return numerator.doubleValue() / denominator.doubleValue();
  }
}
