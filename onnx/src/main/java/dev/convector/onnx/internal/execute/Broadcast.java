package dev.convector.onnx.internal.execute;

import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;

/**
 * How the elements of up to three operands meet in a result: rows of the result, along each of
 * which an operand's elements lie side by side or are one and the same.
 */
public final class Broadcast {
  private static final int MOST_OPERANDS = 3;

  private final int[] sizes;
  private final int[][] strides = new int[MOST_OPERANDS][];
  private final int count;

  /**
   * @param result sizes as they lie in memory
   * @param operands sizes as they lie, of the same order of axes
   */
  public Broadcast(int[] result, int[]... operands) {
    int rank = 0;
    int[] merged = new int[result.length + 1];
    int[][] all = new int[operands.length][];
    int[][] mergedStrides = new int[operands.length][result.length + 1];
    for (int k = 0; k < operands.length; k++) {
      all[k] = strides(operands[k], result.length);
    }
    for (int i = 0; i < result.length; i++) {
      if (result[i] == 1) {
        continue;
      }
      boolean merges = rank > 0;
      for (int k = 0; k < operands.length && merges; k++) {
        merges = mergedStrides[k][rank - 1] == all[k][i] * result[i];
      }
      rank += merges ? 0 : 1;
      merged[rank - 1] = merges ? merged[rank - 1] * result[i] : result[i];
      for (int k = 0; k < operands.length; k++) {
        mergedStrides[k][rank - 1] = all[k][i];
      }
    }
    if (rank == 0) {
      merged[rank++] = 1;
    }
    count = rank;
    sizes = merged;
    System.arraycopy(mergedStrides, 0, strides, 0, operands.length);
    Arrays.fill(strides, operands.length, MOST_OPERANDS, new int[count]);
  }

  private static int[] strides(int[] operand, int rank) {
    int[] padded = Shapes.ofRank(operand, rank);
    int[] strides = Shapes.strides(padded);
    for (int i = 0; i < rank; i++) {
      if (padded[i] == 1) {
        strides[i] = 0;
      }
    }
    return strides;
  }

  /** Elements of a row of the result. */
  public int rowSize() {
    return sizes[count - 1];
  }

  /** Distance between an operand's neighbours along a row: 1, or 0 where it is one element. */
  public int stride(int operand) {
    return strides[operand][count - 1];
  }

  /** Where an operand's elements for a row begin; 0 of an operand that there isn't. */
  public int start(int operand, int row) {
    int[] steps = strides[operand];
    int at = 0;
    int rest = row;
    for (int i = count - 2; i > 0; i--) {
      at += rest % sizes[i] * steps[i];
      rest /= sizes[i];
    }
    // Mostly there is only this one, and rows are too short for divisions.
    return count < 2 ? 0 : at + rest * steps[0];
  }
}
