package dev.convector.jmh.network;

import static dev.convector.jmh.network.Network.random;

import java.util.List;

/** All networks of the race. */
public final class Networks {
  /** Name, channels, size, small size, family; then those of PP-OCR. */
  private static final List<Network> ALL =
      List.of(
          random("lenet-5", 1, 32, 28, Classics::leNet5),
          random("alexnet", 3, 227, 67, Classics::alexNet),
          random("vgg-16", 3, 224, 32, Classics::vgg16),
          random("resnet-18", 3, 224, 64, ResNets.RESNET_18::classifier),
          random("resnet-50", 3, 224, 64, ResNets.RESNET_50::classifier),
          random("resnext-50", 3, 224, 64, ResNets.RESNEXT_50::classifier),
          random("googlenet", 3, 224, 64, Inceptions::googLeNet),
          random("inception-v3", 3, 299, 75, Inceptions::v3),
          random("densenet-121", 3, 224, 64, DenseNets::denseNet121),
          random("squeezenet", 3, 224, 64, Classics::squeezeNet),
          random("mobilenet-v1", 3, 224, 64, MobileNets::v1),
          random("mobilenet-v2", 3, 224, 64, MobileNets::v2),
          random("mobilenet-v3", 3, 224, 64, MobileNets::v3),
          random("efficientnet-b0", 3, 224, 64, MobileNets::efficientNetB0),
          random("shufflenet-v2", 3, 224, 64, MobileNets::shuffleNetV2),
          random("convnext-t", 3, 224, 64, Transformers::convNeXtT),
          random("vit-b-16", 3, 224, 48, Transformers::vitB16),
          random("u-net", 3, 256, 32, Images::uNet),
          random("deeplab-v3", 3, 256, 64, Images::deepLabV3),
          random("yolo", 3, 640, 64, Detector::yolo),
          random("upscaler", 3, 128, 12, Images::upscaler),
          PaddleOcr.DETECTION,
          PaddleOcr.DIRECTION,
          PaddleOcr.RECOGNITION);

  private Networks() {}

  public static List<Network> all() {
    return ALL;
  }

  public static Network named(String name) {
    return ALL.stream()
        .filter(network -> network.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("network: " + name + "; not in the race"));
  }
}
