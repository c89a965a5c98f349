package dev.convector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Descriptions, plans and activations read like a layer of a network's listing. */
class LayerTextTest {

  private static Conv2d.Builder conv() {
    return Conv2d.builder().input(1, 64, 56, 56).filters(128, 3, 3);
  }

  private static void reads(String text, Object object) {
    assertEquals(text, object.toString());
  }

  @Test
  void convolutions() {
    reads("Conv2d 64x56x56 -> 128 3x3 NCHW", conv().build());
    reads(
        "Conv2d 64x56x56 -> 128 3x3 p1 NHWC relu",
        conv().padding(1).layout(Layout.NHWC).activation(Activation.RELU).build());
    reads(
        "Conv2d 8x64x56x56 -> 128 3x3 s2 d3 p1 g32 NCHW",
        conv().input(8, 64, 56, 56).stride(2).dilation(3).padding(1).groups(32).build());
    reads(
        "Conv2d 64x56x56 -> 128 3x5 s1,2 d2,1 p1,0,1,0 NCHW strict flipped",
        conv()
            .filters(128, 3, 5)
            .stride(1, 2)
            .dilation(2, 1)
            .padding(1, 0)
            .accuracy(Accuracy.STRICT)
            .flipKernel(true)
            .build());
    reads(
        "Conv2d 64x56x56 -> 128 3x3 s2 p0,0,1,1 NCHW relaxed",
        conv().stride(2).padding(AutoPad.SAME).accuracy(Accuracy.RELAXED).build());
    reads(
        "Conv2d 64x56x56 -> 128 3x3 p1 NCHW circular",
        conv().padding(1).paddingMode(PaddingMode.CIRCULAR).build());
  }

  @Test
  void otherDimensions() {
    reads(
        "Conv1d 64x16000 -> 32 2 d512 p512,0 NHWC relu",
        Conv1d.builder()
            .input(1, 64, 16_000)
            .filters(32, 2)
            .dilation(512)
            .causal()
            .layout(Layout.NHWC)
            .activation(Activation.RELU)
            .build());
    reads(
        "Conv3d 2x64x16x56x56 -> 128 3x3x3 s1,2,2 p1 g2 NCHW strict replicate flipped",
        Conv3d.builder()
            .input(2, 64, 16, 56, 56)
            .filters(128, 3, 3, 3)
            .stride(1, 2, 2)
            .padding(1)
            .groups(2)
            .accuracy(Accuracy.STRICT)
            .paddingMode(PaddingMode.REPLICATE)
            .flipKernel(true)
            .build());
  }

  @Test
  void transposed() {
    ConvTranspose2d.Builder builder =
        ConvTranspose2d.builder().input(1, 128, 28, 28).filters(64, 4, 4).stride(2).padding(1);
    String text = "ConvTranspose2d 128x28x28 -> 64 4x4 s2 p1 g4 NHWC relu flipped";
    ConvTranspose2d conv =
        builder.groups(4).layout(Layout.NHWC).activation(Activation.RELU).flipKernel(true).build();
    reads(text, conv);
    reads(text + " by DIRECT", conv.plan(new float[128 * 16 * 16], null));
    reads(
        "ConvTranspose2d 2x8x5x6 -> 3 3x2 s2,1 p1,0,1,0 o1,0 NCHW circular",
        ConvTranspose2d.builder()
            .input(2, 8, 5, 6)
            .filters(3, 3, 2)
            .stride(2, 1)
            .padding(1, 0)
            .outputPadding(1, 0)
            .paddingMode(PaddingMode.CIRCULAR)
            .build());
  }

  @Test
  void gradients() {
    Conv2d conv = conv().padding(1).layout(Layout.NHWC).build();
    String text = "Conv2d 64x56x56 -> 128 3x3 p1 NHWC";
    reads("gradient of the weights of " + text, conv.backwardWeights());
    reads(
        "gradient of the weights of " + text + ", accumulating",
        conv.backwardWeights().accumulating());
    BackwardDataPlan plan = conv.backwardData(new float[128 * 64 * 9]);
    reads("gradient of the input of " + text + " by " + plan.algorithm(), plan);
  }

  @Test
  void poolings() {
    Pool2d pool =
        Pool2d.builder().input(1, 64, 112, 112).max().kernel(3, 3).stride(2).padding(1).build();
    reads("Pool2d 64x112x112 max 3x3 s2 p1 -> 56x56 NCHW", pool);
    reads("Pool2d 64x112x112 max 3x3 s2 p1 -> 56x56 NCHW", pool.plan());
    reads("gradient of Pool2d 64x112x112 max 3x3 s2 p1 -> 56x56 NCHW", pool.backward());
    reads(
        "Pool2d 2x8x9x9 average 3x3 p1 -> 9x9 NHWC counting the padding",
        Pool2d.builder()
            .input(2, 8, 9, 9)
            .average(true)
            .kernel(3, 3)
            .padding(1)
            .layout(Layout.NHWC)
            .build());
    reads(
        "Pool2d 8x9x9 average adaptive -> 4x2 NCHW",
        Pool2d.builder().input(1, 8, 9, 9).average(false).adaptive(4, 2).build());
  }

  @Test
  void resizing() {
    Upsample2d.Builder builder = Upsample2d.builder().input(2, 8, 10, 12).scale(2, 2);
    reads("Upsample2d 2x8x10x12 -> 20x24 bilinear NCHW", builder.bilinear().build());
    reads("Upsample2d 2x8x10x12 -> 20x24 bilinear NCHW", builder.bilinear().build().plan());
    reads(
        "Upsample2d 2x8x10x12 -> 20x24 nearest floor asymmetric NCHW",
        builder.nearest(NearestMode.FLOOR).coordinates(Coordinates.ASYMMETRIC).build());
    reads(
        "Upsample2d 8x10x12 -> 15x31 bicubic -0.5 scale 1.5,2.6 NHWC",
        Upsample2d.builder()
            .input(1, 8, 10, 12)
            .scale(1.5, 2.6)
            .bicubic(-0.5)
            .layout(Layout.NHWC)
            .build());
  }

  @Test
  void depthwiseSeparable() {
    DepthwiseSeparable2d.Builder builder =
        DepthwiseSeparable2d.builder().input(1, 32, 112, 112).kernel(3, 3).filters(64);
    reads("DepthwiseSeparable2d 32x112x112 -> 32 3x3 g32 -> 64 1x1 NCHW", builder.build());
    DepthwiseSeparable2d conv =
        builder
            .multiplier(2)
            .stride(2)
            .padding(AutoPad.SAME)
            .depthwiseActivation(Activation.RELU6)
            .activation(Activation.SILU)
            .layout(Layout.NHWC)
            .accuracy(Accuracy.STRICT)
            .build();
    String text =
        "DepthwiseSeparable2d 32x112x112 -> 64 3x3 s2 p0,0,1,1 g32 relu6"
            + " -> 64 1x1 NHWC silu strict";
    reads(text, conv);
    reads(
        text + " by DEPTHWISE, POINTWISE",
        conv.plan(new float[64 * 9], null, new float[64 * 64], null));
  }

  @Test
  void plans() {
    Conv2d conv = Conv2d.builder().input(1, 2, 4, 4).filters(3, 1, 1).build();
    Conv2dPlan plan = conv.plan(new float[6], null, Algorithm.REFERENCE);
    reads("Conv2d 2x4x4 -> 3 1x1 NCHW by REFERENCE", plan);
  }

  @Test
  void matrixProducts() {
    reads("Gemm 2x3x4", Gemm.builder().sizes(2, 3, 4).build());
    reads(
        "Gemm 2x3x4 transposeA transposeB lda 5 ldb 6 ldc 7 alpha 2.0 beta 0.5",
        Gemm.builder()
            .sizes(2, 3, 4)
            .transposeA(true)
            .transposeB(true)
            .leadingDimensions(5, 6, 7)
            .alpha(2)
            .beta(0.5f)
            .build());
    reads("Gemm 2x3x4 transposeA", Gemm.builder().sizes(2, 3, 4).transposeA(true).build());
  }

  @Test
  void activations() {
    reads("none", Activation.NONE);
    reads("relu", Activation.RELU);
    reads("relu6", Activation.RELU6);
    reads("clamp(0,5)", Activation.clamp(0, 5));
    reads("clamp(-inf,0.5)", Activation.clamp(Float.NEGATIVE_INFINITY, 0.5f));
    reads("clamp(-3,inf)", Activation.clamp(-3, Float.POSITIVE_INFINITY));
    reads("leaky(0.1)", Activation.leakyRelu(0.1f));
    reads("sigmoid", Activation.SIGMOID);
    reads("silu", Activation.SILU);
    reads("hardsigmoid", Activation.HARD_SIGMOID);
    reads("hardswish", Activation.HARD_SWISH);
    reads("tanh", Activation.TANH);
    reads("gelu", Activation.GELU);
  }
}
