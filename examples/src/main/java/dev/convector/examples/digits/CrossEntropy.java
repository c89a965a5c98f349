package dev.convector.examples.digits;

/** Softmax, and the cross-entropy between that and the labels: how surprising they are. */
final class CrossEntropy {
  private CrossEntropy() {}

  /** Scores of one image as probabilities. */
  static double[] softmax(float[] scores, int image, int classes) {
    // The largest is taken off, so that no power overflows; that changes no quotient.
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      largest = Math.max(largest, scores[image * classes + c]);
    }
    double[] probabilities = new double[classes];
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      probabilities[c] = StrictMath.exp(scores[image * classes + c] - largest);
      sum += probabilities[c];
    }
    for (int c = 0; c < classes; c++) {
      probabilities[c] /= sum;
    }
    return probabilities;
  }

  /**
   * The loss, mean over the images, and its gradient with respect to the scores: the probabilities,
   * less 1 at the label.
   *
   * @param scores {@code [labels.length][classes]}
   * @param gradient receives the gradient, of the same shape
   */
  static double of(float[] scores, int[] labels, float[] gradient) {
    int images = labels.length;
    int classes = scores.length / images;
    double loss = 0;
    for (int i = 0; i < images; i++) {
      double[] probabilities = softmax(scores, i, classes);
      loss -= StrictMath.log(Math.max(probabilities[labels[i]], Float.MIN_NORMAL));
      for (int c = 0; c < classes; c++) {
        double error = probabilities[c] - (c == labels[i] ? 1 : 0);
        gradient[i * classes + c] = (float) (error / images);
      }
    }
    return loss / images;
  }
}
