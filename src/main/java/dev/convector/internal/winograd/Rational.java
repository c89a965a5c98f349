package dev.convector.internal.winograd;

/** An exact fraction in lowest terms; overflow throws. */
record Rational(long numerator, long denominator) {
  static final Rational ZERO = of(0);
  static final Rational ONE = of(1);

  Rational {
    if (denominator == 0) {
      throw new ArithmeticException(numerator + " / 0");
    }
    long divisor = gcd(Math.abs(numerator), Math.abs(denominator));
    divisor = denominator < 0 ? -divisor : divisor;
    numerator /= divisor;
    denominator /= divisor;
  }

  static Rational of(long integer) {
    return new Rational(integer, 1);
  }

  static Rational of(long numerator, long denominator) {
    return new Rational(numerator, denominator);
  }

  Rational plus(Rational other) {
    return new Rational(
        Math.addExact(
            Math.multiplyExact(numerator, other.denominator),
            Math.multiplyExact(other.numerator, denominator)),
        Math.multiplyExact(denominator, other.denominator));
  }

  Rational negated() {
    return new Rational(-numerator, denominator);
  }

  Rational times(Rational other) {
    // Common factors first: the intermediate stays as small as the result allows.
    Rational left = new Rational(numerator, other.denominator);
    Rational right = new Rational(other.numerator, denominator);
    return new Rational(
        Math.multiplyExact(left.numerator, right.numerator),
        Math.multiplyExact(left.denominator, right.denominator));
  }

  Rational over(Rational other) {
    return times(new Rational(other.denominator, other.numerator));
  }

  Rational power(int exponent) {
    Rational result = ONE;
    for (int i = 0; i < exponent; i++) {
      result = result.times(this);
    }
    return result;
  }

  double toDouble() {
    return (double) numerator / denominator;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
