package dev.convector.internal.resample;

import java.util.Arrays;
import java.util.stream.IntStream;

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

  int count(int target) {
    return starts[target + 1] - starts[target];
  }

  /** One past the last of the targets from one on that have as many taps as it. */
  int sameCount(int target) {
    int end = target + 1;
    while (end < targets() && count(end) == count(target)) {
      end++;
    }
    return end;
  }

  /** Whether a target is the same sum as the one before. */
  boolean repeats(int target) {
    if (target == 0 || count(target) != count(target - 1)) {
      return false;
    }
    int back = count(target);
    for (int k = starts[target]; k < starts[target + 1]; k++) {
      if (indices[k] != indices[k - back] || weights[k] != weights[k - back]) {
        return false;
      }
    }
    return true;
  }

  /** Whether a target is an element as it is. */
  boolean copies(int target) {
    return count(target) == 1 && weights[starts[target]] == 1;
  }

  /** Whether all targets are. */
  boolean copies() {
    return IntStream.range(0, targets()).allMatch(this::copies);
  }

  /** So many elements, each as it is. */
  public static Taps identity(int size) {
    int[] all = IntStream.rangeClosed(0, size).toArray();
    float[] ones = new float[size];
    Arrays.fill(ones, 1);
    return new Taps(size, all, Arrays.copyOf(all, size), ones);
  }

  /**
   * This axis and one within it as one axis: the element {@code (i, j)} of either side is {@code i
   * * size + j}.
   */
  public Taps of(Taps inner) {
    int outputs = inner.targets();
    int all = indices.length * inner.indices.length;
    int[] from = new int[targets() * outputs + 1];
    int[] places = new int[all];
    float[] products = new float[all];
    int at = 0;
    for (int o = 0; o < targets() * outputs; o++) {
      int j = o % outputs;
      for (int k = starts[o / outputs]; k < starts[o / outputs + 1]; k++) {
        for (int l = inner.starts[j]; l < inner.starts[j + 1]; l++) {
          places[at] = indices[k] * inner.size + inner.indices[l];
          products[at++] = weights[k] * inner.weights[l];
        }
      }
      from[o + 1] = at;
    }
    return new Taps(size * inner.size, from, places, products);
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

  /** Of targets in blocks of so many, the widest block's {@link #span}. */
  public int widest(int block) {
    int widest = 0;
    for (int q = 0; q < targets(); q += block) {
      widest = Math.max(widest, span(q, Math.min(targets(), q + block)));
    }
    return widest;
  }

  /** The most targets of blocks that are no wider than so many elements; 0 if a single one is. */
  public int block(int most) {
    int block = targets();
    while (block > 0 && widest(block) > most) {
      block = block == 1 ? 0 : Math.ceilDiv(block, 2);
    }
    return block;
  }

  /** For each block of so many targets, the first source element that it sees and how many. */
  public int[] seen(int block) {
    int[] all = new int[2 * Math.ceilDiv(targets(), block)];
    for (int q = 0; q < targets(); q += block) {
      int to = Math.min(targets(), q + block);
      all[q / block * 2] = least(q, to);
      all[q / block * 2 + 1] = span(q, to);
    }
    return all;
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
