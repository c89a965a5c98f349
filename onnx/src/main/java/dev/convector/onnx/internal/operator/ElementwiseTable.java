package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.FloatBinary.Kind;
import dev.convector.onnx.internal.graph.Attributes;

/** Operators that work on each element by itself. */
final class ElementwiseTable {
  private ElementwiseTable() {}

  static void addTo(Operators.Adder table) {
    arithmetic(table);
    truth(table);
    activations(table);
    functions(table);
    table.add("Cast", new Casting(), "to", "saturate");
    table.add("CastLike", new Casting(), "saturate");
  }

  private static void arithmetic(Operators.Adder table) {
    table.add("Add", new Binary(Kind.ADD, Long::sum), "axis<7", "broadcast<7");
    table.add("Sub", new Binary(Kind.SUB, (a, b) -> a - b), "axis<7", "broadcast<7");
    table.add("Mul", new Binary(Kind.MUL, (a, b) -> a * b), "axis<7", "broadcast<7");
    table.add("Div", new Binary(Kind.DIV, (a, b) -> a / b), "axis<7", "broadcast<7");
    table.add("Sum", new Binary(Kind.ADD, Long::sum));
    table.add("Max", new Binary(Kind.MAX, Math::max));
    table.add("Min", new Binary(Kind.MIN, Math::min));
    table.add("Pow", new Binary(Kind.POW, ElementwiseTable::power), "axis<7", "broadcast<7");
    table.add("Mod", new Binary(Kind.MOD, Math::floorMod), "fmod");
    table.add("PRelu", new Binary(Kind.PRELU, (a, b) -> a > 0 ? a : a * b));
    table.add("Mean", new Averaging());
    table.add(Affine.NAME, new Affine(), Affine.FACTOR, Affine.RANK, Affine.SHIFT);
  }

  private static long power(long base, long exponent) {
    return (long) Math.pow(base, exponent);
  }

  private static void truth(Operators.Adder table) {
    table.add(
        "Equal",
        new Comparison((a, b) -> a == b, (a, b) -> a == b ? 1 : 0),
        "axis<7",
        "broadcast<7");
    table.add(
        "Greater",
        new Comparison((a, b) -> a > b, (a, b) -> a > b ? 1 : 0),
        "axis<7",
        "broadcast<7");
    table.add("GreaterOrEqual", new Comparison((a, b) -> a >= b, (a, b) -> a >= b ? 1 : 0));
    table.add(
        "Less", new Comparison((a, b) -> a < b, (a, b) -> a < b ? 1 : 0), "axis<7", "broadcast<7");
    table.add("LessOrEqual", new Comparison((a, b) -> a <= b, (a, b) -> a <= b ? 1 : 0));
    table.add("And", new Comparison(null, (a, b) -> a & b), "axis<7", "broadcast<7");
    table.add("Or", new Comparison(null, (a, b) -> a | b), "axis<7", "broadcast<7");
    table.add("Xor", new Comparison(null, (a, b) -> a ^ b), "axis<7", "broadcast<7");
    table.add("Not", Unary.of(null, x -> 1 - x));
    table.add("Where", new Where());
    table.add("IsNaN", new Classification());
    table.add("IsInf", new Classification(), "detect_negative", "detect_positive");
  }

  private static void activations(Operators.Adder table) {
    for (String name : new String[] {"Relu", "Sigmoid", "Tanh", "HardSwish", "Silu"}) {
      table.add(name, new Activating());
    }
    table.add("LeakyRelu", new Activating(), "alpha");
    table.add("HardSigmoid", new Activating(), "alpha", "beta");
    table.add("Gelu", new Activating(), "approximate");
    table.add("Clip", new Clipping(), "min<11", "max<11");
    table.add("Elu", Unary.with(a -> alpha(a.number("alpha", 1), Functions::elu)), "alpha");
    table.add("Celu", Unary.with(a -> alpha(a.number("alpha", 1), Functions::celu)), "alpha");
    table.add("Selu", Unary.with(ElementwiseTable::selu), "alpha", "gamma");
    table.add("Shrink", Unary.with(ElementwiseTable::shrink), "bias", "lambd");
    table.add(
        "ThresholdedRelu",
        Unary.with(a -> alpha(a.number("alpha", 1), (x, least) -> x > least ? x : 0)),
        "alpha");
    table.add("Softplus", Unary.of(Functions::softplus));
    table.add("Softsign", Unary.of(x -> x / (1 + Math.abs(x))));
    table.add("Mish", Unary.of(x -> (float) (x * Math.tanh(Functions.softplus(x)))));
  }

  /** A function of a float and a parameter. */
  @FunctionalInterface
  private interface WithAlpha {
    float apply(float x, float alpha);
  }

  private static Unary.FloatFunction alpha(float alpha, WithAlpha function) {
    return x -> function.apply(x, alpha);
  }

  private static Unary.FloatFunction selu(Attributes attributes) {
    float alpha = attributes.number("alpha", 1.67326319217681884765625f);
    float gamma = attributes.number("gamma", 1.05070102214813232421875f);
    return x -> Functions.selu(x, alpha, gamma);
  }

  private static Unary.FloatFunction shrink(Attributes attributes) {
    float lambda = attributes.number("lambd", 0.5f);
    float bias = attributes.number("bias", 0);
    return x -> Functions.shrink(x, lambda, bias);
  }

  private static void functions(Operators.Adder table) {
    table.add("Abs", Unary.of(Math::abs, Math::abs));
    table.add("Neg", Unary.of(x -> -x, x -> -x));
    table.add("Sign", Unary.of(Math::signum, Long::signum));
    table.add("Ceil", Unary.of(x -> (float) Math.ceil(x)));
    table.add("Floor", Unary.of(x -> (float) Math.floor(x)));
    table.add("Round", Unary.of(x -> (float) Math.rint(x)));
    table.add("Sqrt", Unary.of(x -> (float) Math.sqrt(x)));
    table.add("Reciprocal", Unary.of(x -> 1 / x));
    table.add("Exp", Unary.of(x -> (float) Math.exp(x)));
    table.add("Log", Unary.of(x -> (float) Math.log(x)));
    table.add("Erf", Unary.of(Functions::erf));
    table.add("Sin", Unary.of(x -> (float) Math.sin(x)));
    table.add("Cos", Unary.of(x -> (float) Math.cos(x)));
    table.add("Tan", Unary.of(x -> (float) Math.tan(x)));
    table.add("Asin", Unary.of(x -> (float) Math.asin(x)));
    table.add("Acos", Unary.of(x -> (float) Math.acos(x)));
    table.add("Atan", Unary.of(x -> (float) Math.atan(x)));
    table.add("Sinh", Unary.of(x -> (float) Math.sinh(x)));
    table.add("Cosh", Unary.of(x -> (float) Math.cosh(x)));
    table.add("Asinh", Unary.of(Functions::asinh));
    table.add("Acosh", Unary.of(Functions::acosh));
    table.add("Atanh", Unary.of(Functions::atanh));
  }
}
