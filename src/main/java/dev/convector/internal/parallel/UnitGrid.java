package dev.convector.internal.parallel;

/**
 * The cut of a work along two axes into units, for each number of threads: blocks of the first axis
 * by parts of the second, such that by estimate the last thread is done first.
 *
 * <p>The first axis has two levels, images and their rows, say: up to as many blocks as there are
 * outer pieces each has some whole ones, beyond that all outer ones are cut into as many parts.
 *
 * <p>Each number of units stands for one grid, so that a unit's number and theirs are all that has
 * to be handed on. Grids are found out once and kept. Thread-safe.
 */
public final class UnitGrid {
  /** Claiming a unit and setting up its tables. */
  private static final double UNIT_NANOS = 300;

  /**
   * Share of a unit that the last thread is late, of many threads, in the mean: half of one would
   * be chance alone. Of two next to nothing: with 0.2 of both, in twice as many units 3x3 on 512
   * channels at 7x7 took 1.05 of the time, 1x1 from 512 to 2048 channels first 1.06 (Zen 5).
   */
  private static final double DELAY = 0.2;

  /** Threads of which a late one doesn't count. */
  private static final double PROMPT = 1.8;

  /** How many times what the largest unit has more than the mean the last thread has to wait. */
  private static final double UNEVEN = 0.5;

  /** Units for each thread, at most, but for those that one thread would have. */
  private static final int MOST_UNITS_PER_THREAD = 8;

  /** What was found out: for a number of threads, or with 0 for a number of units alone. */
  private record Cut(int threads, int units, int parts, Cut next) {}

  private final int outer;
  private final int mostBlocks;
  private final int leastBlocks;
  private final int leastParts;
  private final int mostParts;
  private final double pieces;
  private final UnitCost cost;

  /** A write that is lost to another thread's only means finding out again. */
  private volatile Cut cuts;

  /**
   * @param outer pieces of the first axis' outer level
   * @param inner pieces of each
   * @param mostInner blocks of each
   * @param leastBlocks of one thread: as many as the outer pieces divide or are divided by
   * @param leastParts of each block, of one thread
   * @param mostParts pieces of the second axis
   */
  public UnitGrid(
      int outer,
      int inner,
      int mostInner,
      int leastBlocks,
      int leastParts,
      int mostParts,
      UnitCost cost) {
    this.outer = outer;
    this.pieces = (double) outer * inner;
    this.mostBlocks = (int) Math.min((double) outer * mostInner, ParallelRun.MAX_UNITS);
    this.leastBlocks = leastBlocks;
    this.leastParts = leastParts;
    this.mostParts = mostParts;
    this.cost = cost;
  }

  /** How many units to cut the work into. */
  public int units(int threads) {
    if (threads == 1) {
      return leastBlocks * leastParts;
    }
    for (Cut cut = cuts; cut != null; cut = cut.next) {
      if (cut.threads == threads) {
        return cut.units;
      }
    }
    int units = best(threads);
    cuts = new Cut(threads, units, partsOf(units), cuts);
    return units;
  }

  /** Parts of each block where there are so many units. */
  public int parts(int units) {
    if (units == leastBlocks * leastParts) {
      return leastParts;
    }
    for (Cut cut = cuts; cut != null; cut = cut.next) {
      if (cut.units == units) {
        return cut.parts;
      }
    }
    int parts = partsOf(units);
    cuts = new Cut(0, units, parts, cuts);
    return parts;
  }

  /** Blocks of each outer piece, where one thread has one of each at least. */
  public int blocksOfOuter(int units) {
    return units / parts(units) / outer;
  }

  /** The outer piece of a unit, of which it has one block. */
  public int outer(int unit, int units) {
    return unit / parts(units) / blocksOfOuter(units);
  }

  /** Which one of its outer piece's blocks a unit has. */
  public int block(int unit, int units) {
    return unit / parts(units) % blocksOfOuter(units);
  }

  private int best(int threads) {
    int most = Math.max(leastBlocks * leastParts, MOST_UNITS_PER_THREAD * threads);
    int best = leastBlocks * leastParts;
    double shortest = finish(leastBlocks, leastParts, threads);
    for (int parts = leastParts; parts <= mostParts && leastBlocks * parts <= most; parts++) {
      for (int blocks = leastBlocks; blocks <= mostBlocks; blocks = next(blocks)) {
        if ((long) blocks * parts > most) {
          break;
        }
        double time = finish(blocks, parts, threads);
        if (time < shortest) {
          shortest = time;
          best = blocks * parts;
        }
      }
    }
    return best;
  }

  private int next(int blocks) {
    return blocks < outer ? blocks + 1 : (blocks / outer + 1) * outer;
  }

  private boolean isGrid(int blocks, int parts) {
    return blocks >= leastBlocks
        && blocks <= mostBlocks
        && parts <= mostParts
        && (blocks <= outer || blocks % outer == 0);
  }

  /** Of the grids of so many units that whose units take the least time. */
  private int partsOf(int units) {
    int best = 0;
    double shortest = Double.POSITIVE_INFINITY;
    for (int parts = leastParts; parts <= mostParts && parts <= units; parts++) {
      if (units % parts == 0 && isGrid(units / parts, parts)) {
        int blocks = units / parts;
        double time = largest(blocks, parts) + total(blocks, parts) / units;
        if (time < shortest) {
          shortest = time;
          best = parts;
        }
      }
    }
    if (best == 0) {
      throw new AssertionError(units + " units are no grid of " + leastBlocks + " blocks and more");
    }
    return best;
  }

  /**
   * When the last thread is done: one has as many units as a whole division leaves, of mean size,
   * and one has the largest; where sizes differ, chance gives one some of the larger ones.
   */
  private double finish(int blocks, int parts, int threads) {
    double largest = largest(blocks, parts);
    double mean = total(blocks, parts) / (blocks * parts);
    return Math.max(largest, Math.ceilDiv(blocks * parts, threads) * mean)
        + DELAY * (1 - PROMPT / threads) * largest
        + UNEVEN * (largest - mean);
  }

  private double total(int blocks, int parts) {
    double loaded = 1 + halo(blocks) * blocks;
    return cost.products()
        + cost.loads() * loaded * (cost.repeatsLoads() ? parts : 1)
        + cost.weights() * blocks
        + UNIT_NANOS * blocks * parts;
  }

  private double largest(int blocks, int parts) {
    double block =
        blocks <= outer
            ? Math.ceilDiv(outer, blocks) / (double) outer
            : Math.ceil(pieces / blocks) / pieces;
    double part = Math.ceilDiv(mostParts, parts) / (double) mostParts;
    return cost.products() * block * part
        + cost.loads() * (block + halo(blocks)) * (cost.repeatsLoads() ? 1 : part)
        + cost.weights() * part
        + UNIT_NANOS;
  }

  /** As a share of all pieces. */
  private double halo(int blocks) {
    return blocks <= outer ? 0 : cost.halo() / pieces;
  }
}
