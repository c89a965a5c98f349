package dev.convector.internal.volume;

import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Elements;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.ImageOrder;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;

/** Puts the channels of volumes last, or first again. */
final class VolumeOrder implements PackedWork {
  /** Positions of a piece: with 64 channels half a first-level cache. */
  private static final int PIECE = 64;

  private final int volumes;
  private final int channels;
  private final int positions;
  private final boolean last;
  private final int pieces;

  /**
   * @param positions of a volume, each with all channels
   * @param last whether the channels are put last
   */
  VolumeOrder(int volumes, int channels, int positions, boolean last) {
    this.volumes = volumes;
    this.channels = channels;
    this.positions = positions;
    this.last = last;
    this.pieces = Math.ceilDiv(positions, PIECE);
  }

  @Override
  public long packedBytes() {
    return 0;
  }

  @Override
  public int scratchFloats() {
    return 0;
  }

  @Override
  public int units(int threads) {
    return Split.parts(1, (int) Math.min(Integer.MAX_VALUE, (long) volumes * pieces), threads);
  }

  @Override
  public int units(int threads, int least) {
    long most = Math.min(Integer.MAX_VALUE, (long) volumes * pieces);
    return Split.atLeast(least, (int) most, units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    Elements planes = last ? footprint.read : footprint.written;
    Elements pixels = last ? footprint.written : footprint.read;
    long all = (long) volumes * pieces;
    long end = all * (unit + 1) / units;
    ImageOrder order = new ImageOrder(channels, 1, positions, false);
    for (long i = all * unit / units; i < end; i++) {
      int volume = (int) (i / pieces);
      int from = (int) (i % pieces) * PIECE;
      int to = Math.min(positions, from + PIECE);
      planes.region.images(order, volume, 1);
      planes.region.columns(from, to);
      planes.add(order);
      pixels.add((volume * positions + from) * channels, (to - from) * channels);
    }
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    long all = (long) volumes * pieces;
    long end = all * (unit + 1) / units;
    for (long i = all * unit / units; i < end; i++) {
      int volume = (int) (i / pieces) * channels;
      int from = (int) (i % pieces) * PIECE;
      int count = Math.min(PIECE, positions - from);
      int plane = last ? operands.sourcePlane(positions) : operands.resultPlane(positions);
      int planes = volume * plane + from;
      int pixels = volume * positions + from * channels;
      if (last) {
        Transpose.run(
            operands.src,
            operands.srcOffset + planes,
            plane,
            channels,
            count,
            operands.dst,
            operands.dstOffset + pixels,
            channels);
      } else {
        Transpose.run(
            operands.src,
            operands.srcOffset + pixels,
            channels,
            count,
            channels,
            operands.dst,
            operands.dstOffset + planes,
            plane);
      }
    }
  }
}
