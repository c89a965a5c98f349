package dev.convector.internal.resample;

/**
 * One axis of a linear operation: which elements of the source each element of the target is a
 * weighted sum of.
 *
 * @param size elements of the source
 * @param starts where each target's taps begin in the other two; one more than there are targets
 * @param indices of source elements, ascending for each target
 * @param weights of the same taps
 */
public record Taps(int size, int[] starts, int[] indices, float[] weights) {

  /** Elements of the target. */
  public int targets() {
    return starts.length - 1;
  }

  /** The operation's gradient: the same taps, from each source element's side. */
  public Taps transposed() {
    int[] from = new int[size + 1];
    for (int index : indices) {
      from[index + 1]++;
    }
    for (int i = 0; i < size; i++) {
      from[i + 1] += from[i];
    }
    int[] next = from.clone();
    int[] targets = new int[indices.length];
    float[] same = new float[indices.length];
    for (int t = 0; t < targets(); t++) {
      for (int k = starts[t]; k < starts[t + 1]; k++) {
        int place = next[indices[k]]++;
        targets[place] = t;
        same[place] = weights[k];
      }
    }
    return new Taps(targets(), from, targets, same);
  }

  /** One past the largest source element that targets {@code [from, to)} see, less the smallest. */
  int span(int from, int to) {
    int least = least(from, to);
    int end = least;
    for (int k = starts[from]; k < starts[to]; k++) {
      end = Math.max(end, indices[k] + 1);
    }
    return end - least;
  }

  /** The smallest source element that targets {@code [from, to)} see; 0 if they see none. */
  int least(int from, int to) {
    int least = starts[from] == starts[to] ? 0 : Integer.MAX_VALUE;
    for (int k = starts[from]; k < starts[to]; k++) {
      least = Math.min(least, indices[k]);
    }
    return least;
  }

  long bytes() {
    return 4L * (starts.length + 2L * indices.length);
  }
}
