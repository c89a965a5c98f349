package dev.convector.onnx.internal.compile;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Storage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Places in one arena for storages that live at different times: the largest first, each at the
 * lowest place where no other is in use at the same time (Pisarchyk and Lee, "Efficient Memory
 * Management for Deep Neural Net Inference", 2020: greedy by size).
 */
final class BufferPlan {
  /** Elements: a cache line of floats. */
  private static final int ALIGNMENT = 16;

  /** Elements before an array's first on a cache line: its header takes 16 bytes of it. */
  private static final int HEADER = 12;

  private BufferPlan() {}

  /** Sets the positions and returns how long the arena must be. */
  static int place(Collection<Storage> storages) {
    List<Storage> bySize = new ArrayList<>(storages);
    bySize.sort(Comparator.comparingInt(Storage::size).reversed());
    List<Storage> placed = new ArrayList<>(bySize.size());
    long length = 0;
    for (Storage storage : bySize) {
      long position = HEADER;
      // Those that are placed are kept in the order of their positions.
      for (Storage other : placed) {
        if (other.first() <= storage.last() && storage.first() <= other.last()) {
          if (position + storage.size() <= other.position()) {
            break;
          }
          position = Math.max(position, aligned((long) other.position() + other.size()));
        }
      }
      long end = position + storage.size();
      if (end > Integer.MAX_VALUE - 64) {
        throw new OnnxException("buffers: need more elements than an array can hold");
      }
      storage.setPosition((int) position);
      insert(placed, storage);
      length = Math.max(length, end);
    }
    return (int) length;
  }

  private static long aligned(long position) {
    return Math.ceilDiv(position - HEADER, ALIGNMENT) * ALIGNMENT + HEADER;
  }

  private static void insert(List<Storage> placed, Storage storage) {
    int low = 0;
    int high = placed.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (placed.get(middle).position() < storage.position()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    placed.add(low, storage);
  }
}
