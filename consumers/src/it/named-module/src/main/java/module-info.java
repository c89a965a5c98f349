/** A module that blurs, and could read networks. */
module blur {
  requires dev.convector.onnx;
}
