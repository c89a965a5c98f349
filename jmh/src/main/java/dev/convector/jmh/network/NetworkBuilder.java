package dev.convector.jmh.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The layers of networks, with random weights.
 *
 * <p>Weights are scaled to outputs whose squares are one in the mean, as in He et al., "Delving
 * Deep into Rectifiers" (2015), which halves the mean after a ReLU; here each {@link Flow} carries
 * an estimate of its own. So activations stay finite however deep a network is.
 */
final class NetworkBuilder extends GraphWriter {
  private static final Map<String, Object> NONE = Map.of();

  /** Mean squares of activations of a normally distributed value, rounded. */
  private static final double RELU_POWER = 0.5;

  private static final double SILU_POWER = 0.36;
  private static final double GELU_POWER = 0.43;
  private static final double TANH_POWER = 0.4;
  private static final double GATE_POWER = 0.28;

  /** How mean squares change where rectified values are pooled, roughly. */
  private static final double MAXIMUM = 2;

  private static final double AVERAGE = 0.5;

  NetworkBuilder(String name) {
    super(name);
  }

  Flow input(List<Integer> shape) {
    Flow input = new Flow("x", shape, 1 / 3.0);
    declareInput(input);
    return input;
  }

  /** With bias. */
  Flow conv(Flow x, int filters, Window window) {
    return conv(x, filters, window, 1, true);
  }

  /** With batch normalization instead of a bias. */
  Flow convNorm(Flow x, int filters, Window window) {
    return convNorm(x, filters, window, 1);
  }

  Flow convNorm(Flow x, int filters, Window window, int groups) {
    return batchNorm(conv(x, filters, window, groups, false));
  }

  Flow convNormRelu(Flow x, int filters, Window window) {
    return relu(convNorm(x, filters, window, 1));
  }

  Flow conv(Flow x, int filters, Window w, int groups, boolean bias) {
    int[] dims = {filters, x.channels() / groups, w.height(), w.width()};
    double scale = 1 / Math.sqrt((double) dims[1] * dims[2] * dims[3] * x.power());
    List<String> inputs = new ArrayList<>(List.of(x.name(), random(0, scale, dims)));
    if (bias) {
      inputs.add(random(0, 0.1, filters));
    }
    Map<String, Object> attributes =
        Map.of(
            "kernel_shape", new long[] {w.height(), w.width()},
            "strides", new long[] {w.stride(), w.stride()},
            "pads", pads(w),
            "dilations", new long[] {w.dilation(), w.dilation()},
            "group", groups);
    return image(
        node("Conv", attributes, inputs.toArray(String[]::new)),
        x,
        filters,
        w.outputHeight(x.height()),
        w.outputWidth(x.width()));
  }

  /** Doubles the size, with a kernel of 2. */
  Flow upConv(Flow x, int filters) {
    double scale = 1 / Math.sqrt(x.channels() * x.power());
    Map<String, Object> attributes =
        Map.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2});
    String weights = random(0, scale, x.channels(), filters, 2, 2);
    String y = node("ConvTranspose", attributes, x.name(), weights, random(0, 0.1, filters));
    return image(y, x, filters, 2 * x.height(), 2 * x.width());
  }

  private static long[] pads(Window w) {
    return new long[] {w.padHeight(), w.padWidth(), w.padHeight(), w.padWidth()};
  }

  private static Flow image(String name, Flow x, int channels, int height, int width) {
    return new Flow(name, List.of(x.batch(), channels, height, width), 1);
  }

  Flow batchNorm(Flow x) {
    int c = x.channels();
    String scale = random(1, 0.1, c);
    String shift = random(0, 0.1, c);
    String mean = random(0, 0.1, c);
    String variance = random(x.power(), 0.1 * x.power(), c);
    String y = node("BatchNormalization", NONE, x.name(), scale, shift, mean, variance);
    return new Flow(y, x.shape(), 1);
  }

  private Flow same(String operator, Map<String, Object> attributes, Flow x, double power) {
    return new Flow(node(operator, attributes, x.name()), x.shape(), power);
  }

  Flow relu(Flow x) {
    return same("Relu", NONE, x, RELU_POWER * x.power());
  }

  Flow relu6(Flow x) {
    String y = node("Clip", NONE, x.name(), constant(0), constant(6));
    return new Flow(y, x.shape(), RELU_POWER * x.power());
  }

  Flow pRelu(Flow x) {
    String y = node("PRelu", NONE, x.name(), random(0.2, 0.05, x.channels(), 1, 1));
    return new Flow(y, x.shape(), RELU_POWER * x.power());
  }

  Flow tanh(Flow x) {
    return same("Tanh", NONE, x, TANH_POWER);
  }

  Flow sigmoid(Flow x) {
    return same("Sigmoid", NONE, x, GATE_POWER);
  }

  Flow hardSigmoid(Flow x) {
    return same("HardSigmoid", Map.of("alpha", 1 / 6f, "beta", 0.5f), x, GATE_POWER);
  }

  Flow hardSwish(Flow x) {
    return same("HardSwish", NONE, x, SILU_POWER);
  }

  Flow silu(Flow x) {
    return new Flow(node("Mul", NONE, x.name(), sigmoid(x).name()), x.shape(), SILU_POWER);
  }

  /** Spelled out as the exporters do. */
  Flow gelu(Flow x) {
    String erf = node("Erf", NONE, node("Div", NONE, x.name(), constant(Math.sqrt(2))));
    String gate = node("Add", NONE, erf, constant(1));
    String y = node("Mul", NONE, node("Mul", NONE, x.name(), gate), constant(0.5));
    return new Flow(y, x.shape(), GELU_POWER);
  }

  /** Across channels, with the constants of AlexNet and GoogLeNet. */
  Flow localResponse(Flow x) {
    return same("LRN", Map.of("size", 5, "alpha", 1e-4f, "beta", 0.75f), x, x.power());
  }

  Flow maxPool(Flow x, Window w) {
    return pool("MaxPool", x, w, Map.of(), MAXIMUM);
  }

  /** What is left over at the ends makes a window too. */
  Flow maxPoolCeil(Flow x, Window w) {
    Flow y = pool("MaxPool", x, w, Map.of("ceil_mode", 1), MAXIMUM);
    int height = Math.ceilDiv(x.height() - w.height(), w.stride()) + 1;
    int width = Math.ceilDiv(x.width() - w.width(), w.stride()) + 1;
    return new Flow(y.name(), List.of(x.batch(), x.channels(), height, width), y.power());
  }

  /** Zeros around count. */
  Flow averagePool(Flow x, Window w) {
    return pool("AveragePool", x, w, Map.of("count_include_pad", 1), AVERAGE);
  }

  private Flow pool(String type, Flow x, Window w, Map<String, Object> more, double power) {
    Map<String, Object> attributes = new HashMap<>(more);
    attributes.put("kernel_shape", new long[] {w.height(), w.width()});
    attributes.put("strides", new long[] {w.stride(), w.stride()});
    attributes.put("pads", pads(w));
    int height = w.outputHeight(x.height());
    int width = w.outputWidth(x.width());
    Flow y = image(node(type, attributes, x.name()), x, x.channels(), height, width);
    return new Flow(y.name(), y.shape(), power * x.power());
  }

  Flow globalAverage(Flow x) {
    Flow y = image(node("GlobalAveragePool", NONE, x.name()), x, x.channels(), 1, 1);
    return new Flow(y.name(), y.shape(), AVERAGE * x.power());
  }

  Flow flatten(Flow x) {
    int features = x.shape().stream().skip(1).reduce(1, Math::multiplyExact);
    return new Flow(node("Flatten", NONE, x.name()), List.of(x.batch(), features), x.power());
  }

  /** Of vectors. */
  Flow dense(Flow x, int units) {
    double scale = 1 / Math.sqrt(x.last() * x.power());
    String weights = random(0, scale, units, x.last());
    String y = node("Gemm", Map.of("transB", 1), x.name(), weights, random(0, 0.1, units));
    return new Flow(y, List.of(x.batch(), units), 1);
  }

  /** Of the last axis, whatever stands before it. */
  Flow linear(Flow x, int units) {
    double scale = 1 / Math.sqrt(x.last() * x.power());
    String product = node("MatMul", NONE, x.name(), random(0, scale, x.last(), units));
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(shape.size() - 1, units);
    return new Flow(node("Add", NONE, product, random(0, 0.1, units)), List.copyOf(shape), 1);
  }

  /** Of the last axis. */
  Flow layerNorm(Flow x) {
    Map<String, Object> attributes = Map.of("axis", -1, "epsilon", 1e-6f);
    String scale = random(1, 0.1, x.last());
    String y = node("LayerNormalization", attributes, x.name(), scale, random(0, 0.1, x.last()));
    return new Flow(y, x.shape(), 1);
  }

  /** The classifier at the end of most networks. */
  Flow classes(Flow x, int count) {
    return dense(flatten(globalAverage(x)), count);
  }

  Flow add(Flow x, Flow y) {
    return new Flow(node("Add", NONE, x.name(), y.name()), x.shape(), x.power() + y.power());
  }

  /** Times something of the same shape, or of one pixel or number. */
  Flow multiply(Flow x, Flow gate) {
    return new Flow(node("Mul", NONE, x.name(), gate.name()), x.shape(), x.power() * gate.power());
  }

  /** A number for each element of the last axis. */
  Flow scaled(Flow x, double mean) {
    String y = node("Mul", NONE, x.name(), random(mean, mean / 4, x.last()));
    return new Flow(y, x.shape(), mean * mean * x.power());
  }

  Flow concat(int axis, Flow... parts) {
    int size = Arrays.stream(parts).mapToInt(part -> part.shape().get(axis)).sum();
    double power =
        Arrays.stream(parts).mapToDouble(p -> p.power() * p.shape().get(axis)).sum() / size;
    List<Integer> shape = new ArrayList<>(parts[0].shape());
    shape.set(axis, size);
    String[] names = Arrays.stream(parts).map(Flow::name).toArray(String[]::new);
    return new Flow(node("Concat", Map.of("axis", axis), names), List.copyOf(shape), power);
  }

  /** In so many equal parts. */
  List<Flow> split(Flow x, int axis, int parts) {
    int size = x.shape().get(axis) / parts;
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(axis, size);
    String sizes = longs(IntStream.range(0, parts).mapToLong(i -> size).toArray());
    return node("Split", Map.of("axis", axis), parts, x.name(), sizes).stream()
        .map(name -> new Flow(name, List.copyOf(shape), x.power()))
        .toList();
  }

  Flow reshape(Flow x, Integer... shape) {
    String target = longs(Arrays.stream(shape).mapToLong(Integer::longValue).toArray());
    return new Flow(node("Reshape", NONE, x.name(), target), List.of(shape), x.power());
  }

  Flow transpose(Flow x, int... axes) {
    long[] order = Arrays.stream(axes).asLongStream().toArray();
    List<Integer> shape = Arrays.stream(axes).mapToObj(axis -> x.shape().get(axis)).toList();
    return new Flow(node("Transpose", Map.of("perm", order), x.name()), shape, x.power());
  }

  /** Weights that enter as they are. */
  Flow parameter(int... shape) {
    return new Flow(random(0, 0.5, shape), Arrays.stream(shape).boxed().toList(), 0.25);
  }

  /** Adds weights to each of the tokens. */
  Flow positions(Flow x) {
    return add(x, parameter(1, x.channels(), x.last()));
  }

  /** Of the second axis, which goes. */
  Flow first(Flow x) {
    String y = node("Gather", Map.of("axis", 1), x.name(), scalar(0));
    return new Flow(y, List.of(x.batch(), x.last()), x.power());
  }

  Flow times(Flow x, double number) {
    String y = node("Mul", NONE, x.name(), constant(number));
    return new Flow(y, x.shape(), number * number * x.power());
  }

  /** Row by column over the last two axes. */
  Flow product(Flow x, Flow y) {
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(shape.size() - 1, y.last());
    double power = x.last() * x.power() * y.power();
    return new Flow(node("MatMul", NONE, x.name(), y.name()), List.copyOf(shape), power);
  }

  /** Of the last axis. */
  Flow softmax(Flow x) {
    double power = 4.0 / ((double) x.last() * x.last());
    return same("Softmax", Map.of("axis", -1), x, power);
  }

  /** Nearest, by a whole factor. */
  Flow enlarge(Flow x, int factor) {
    Map<String, Object> attributes =
        Map.of(
            "mode", "nearest",
            "coordinate_transformation_mode", "asymmetric",
            "nearest_mode", "floor");
    String factors = constant(new float[] {1, 1, factor, factor}, 4);
    String y = node("Resize", attributes, x.name(), "", factors);
    Flow image = image(y, x, x.channels(), factor * x.height(), factor * x.width());
    return new Flow(y, image.shape(), x.power());
  }

  /** Linear, to the size of another image. */
  Flow resizeLike(Flow x, Flow other) {
    Map<String, Object> attributes =
        Map.of("mode", "linear", "coordinate_transformation_mode", "half_pixel");
    String sizes = longs(x.batch(), x.channels(), other.height(), other.width());
    String y = node("Resize", attributes, x.name(), "", "", sizes);
    Flow image = image(y, x, x.channels(), other.height(), other.width());
    return new Flow(y, image.shape(), x.power());
  }

  /** Channels to pixels, as PyTorch's pixel shuffle does. */
  Flow pixelShuffle(Flow x, int factor) {
    String y = node("DepthToSpace", Map.of("blocksize", factor, "mode", "CRD"), x.name());
    int channels = x.channels() / (factor * factor);
    return image(y, x, channels, factor * x.height(), factor * x.width());
  }
}
