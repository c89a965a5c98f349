package dev.convector.examples.page;

import dev.convector.examples.Photo;
import dev.convector.examples.page.Page.Line;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Reads a line of text. */
final class TextRecognizer {
  private static final int HEIGHT = 48;

  /** Widths are multiples of this, so that lines share the network's compiled shapes. */
  private static final int MULTIPLE = 32;

  /** The width that the network was trained with; shorter lines are filled up. */
  private static final int NARROWEST = 320;

  /** Longer lines are squeezed, so that memory is bounded whatever the picture. */
  private static final int WIDEST = 3200;

  private final Network network;
  private final CtcDecoder decoder;

  TextRecognizer() throws IOException {
    network = Network.load("ch_PP-OCRv4_rec_infer.onnx");
    try (BufferedReader characters =
        new BufferedReader(
            new InputStreamReader(Network.resource("ppocr_keys_v1.txt"), StandardCharsets.UTF_8))) {
      decoder = CtcDecoder.ofPaddle(characters.lines());
    }
  }

  /** What is written in an area whose text runs along it. */
  Line read(Photo photo, TextArea area) {
    int width = Math.clamp((long) Math.ceil(HEIGHT * area.length() / area.height()), 1, WIDEST);
    int padded = Math.max(NARROWEST, Math.ceilDiv(width, MULTIPLE) * MULTIPLE);
    float[] planes = Sampler.SYMMETRIC.planes(photo, area, width, HEIGHT, padded);
    Decoded decoded = decoder.decode(network.run(planes, HEIGHT, padded));
    return new Line(area, decoded.text().strip(), decoded.confidence());
  }
}
