import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.kernel.DenseKernels}: one static method per register tile.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code rows x vectors} computes, for each of its rows {@code i} and each lane {@code j}
 * of its {@code vectors * LANES} columns, with the operands of a {@code TileCall p},
 *
 * <pre>
 *   sum = start[startOffset + j]
 *         + sum over k in [0, depth) of
 *               a[table[aRows + t + i] + aOffset + k] * b[bOffset + k * vectors * LANES + j]
 *   at  = table[cRows + t + i] + cOffset + j
 *   c[at] = min(high, max(low, onto ? sum + c[at] : sum))
 * </pre>
 *
 * <ul>
 *   <li>{@code table}: from {@code aRows} on, where each row (a pixel, a Winograd tile, a row of a
 *       matrix) starts in the unpacked left operand; from {@code cRows} on, where it starts in the
 *       result. A table, not a stride: so the same method serves pixels of any stride, dilation or
 *       padding. It costs 1 to 3 % at a depth of 32, less beyond.
 *   <li>{@code b}: a packed panel, {@code depth} steps of {@code vectors * LANES} floats.
 *   <li>A {@code pixel} tile has pixels as columns and filters as rows, so that each row starts
 *       from a value of its own, {@code start[startOffset + t + i]}. Its panel is packed too: with
 *       steps of a variable size, planes read where they lie, the range checks of {@code b} stayed
 *       in the loop (C2 moves out only those of indexes with a constant scale), and two
 *       multiply-adds a cycle leave no time for them: 777 against 601 us (Granite Rapids, 256 to
 *       256 channels at 28x28).
 *   <li>{@code onto}: whether the sums are added to what the result holds, an earlier block of the
 *       depth or a residual.
 *   <li>{@code lowClamped}, {@code highClamped}: whether to clamp to {@code low} and to {@code
 *       high}. At a depth of 64 ReLU costs 2 % of the products, both bounds 4 %.
 * </ul>
 *
 * <h2>Why it is written out</h2>
 *
 * C2 keeps accumulators in registers only when they are named locals of one straight-line loop
 * body: arrays of vectors cost a factor of 30 to 100, nested tap loops or a fully unrolled depth
 * spill. So the depth loop below is flat and everything around it is straight-line.
 *
 * <h2>Why some tiles are paired</h2>
 *
 * An iteration has one address to compute for each row (rows lie anywhere, so C2 needs an
 * instruction for each) and five more instructions on integers. Two of the five ports that they can
 * take on Intel's cores are those of the multiply-adds. With a panel in the first-level cache that
 * costs nothing; with one in the second, whose loads return late, the 6x4 tile has 89 % of the peak
 * on Granite Rapids, where the same loop in C, which needs three such instructions, has 98 %, and
 * 90 % with C2's added. A paired tile takes two steps of the depth an iteration, which share them:
 * 5x4 has 91 to 92 %. C2 loads the vectors of both steps first, so they must fit: 6x4 spills them
 * (56 to 67 %). Rows a constant apart need one address (12x2 paired: 96 %), but copying rows so
 * costs more than it gains at up to 128 filters and at a depth of 1024. A panel cut to fit the
 * first level loses as much by loading and storing the sums more often.
 *
 * <p>Only the tallest tile of three and of four vectors is paired, and there is one for even depths
 * without a last step of its own: with one, and with all heights paired, a direct 3x3 layer reached
 * its speed 0.2 s later, since C2 compiles one tile after another.
 *
 * <h2>Why deep tiles are masked and fenced</h2>
 *
 * A row's {@code a[row + k]} costs an instruction for each row, since C2 can't prove that the sum
 * doesn't overflow. With the row's index and the depth masked it can, and hoists the rows'
 * addresses. A load-load fence, which emits nothing on x86, keeps the panel's loads of a step first
 * and those of the next step behind it; without it C2, once the addresses are gone, brings the
 * broadcasts first and spills. A study on Granite Rapids had 91 % of the peak without both and 96
 * with them at a depth of 576. On Emerald Rapids depths of 97, 120, 128 and 257 take 0.92 to 0.95
 * of the time, of 63 and 64 0.93 and 0.94, of 32 the same; but on Zen 5 64 takes 1.05 times the
 * time, and from 256 on the same. So tiles of {@code DEEP} steps and more are such. Masks misread
 * an index of 2^30 and more: longer arrays have {@code far} tiles, without masks and pairs.
 *
 * <p>With 16 registers tiles of two vectors, the widest there, are masked and fenced whatever the
 * depth, behind each row too: C2 loads rows before their turn and spills sums for them. 1x1 from
 * 128 channels to 256 at 28x28 takes 0.85 to 0.95 of the time, from 512 to 512 at 14x14 0.84 to
 * 0.98, from 480 to 112 0.82 to 0.97, from 64 to 256 at 56x56 1.0, channels-first 0.88 to 0.99, 3x3
 * with stride 2 from 64 to 128 0.90 to 0.99, Winograd's 64 to 64 0.89 to 0.98 (Zen 4 without
 * AVX-512). Not of one vector (docs/decisions.md).
 *
 * <h2>Why tall narrow tiles are masked</h2>
 *
 * With one vector each broadcast has one use, so that loads, two a cycle, are all that counts, and
 * addresses that C2 spills are loads. 12x1 has 176, 206, 226 and 246 GFLOP/s at depths of 20, 48,
 * 96 and 576 where it had 147, 166, 182 and 190, and paired 161, 194, 214 and 233; 12x2 238, 257,
 * 275 and 281, paired 231, 251, 263 and 269 (AMD EPYC, family 26, whose peak is 283; operands in
 * the first-level cache). 6x1 loses by it: 144 instead of 153 at a depth of 20.
 *
 * <h2>Why each ending is a method of its own</h2>
 *
 * Whether a tile adds to the result, and which limits it clamps to, could be asked behind its loop.
 * Then all its sums are merged behind each question, which is what C2 compiles slowest: 6x4 without
 * a question takes it 26 ms, with the first 114, with all 190 (AMD EPYC, family 26, beside other
 * work). Or C2 drops what has not happened yet, and the tile is compiled again when it does. {@code
 * far} tiles ask: they are seldom used.
 *
 * <h2>Why the operands are fields</h2>
 *
 * What stands before and after the loop, checks and addresses for every row, is as much as the
 * reorder buffer holds, so that two tiles' products overlap only if it is little. As 17 arguments
 * the operands went over the stack, twice; as fields they are loaded where they are used. And the
 * 13 general registers that C2 has must do, since it spills the rest into vector registers: the way
 * back waits behind the multiply-adds, 100 cycles a tile. That, not the vector registers, limits
 * the rows: with 8 of them, and 2 vectors, 89 % of the multiply-add peak at a depth of 64, with 6
 * by 4 94 to 95 % (Zen 4, operands in the first-level cache; the same loop in C 98 %).
 *
 * <h2>Which shapes</h2>
 *
 * {@code RegisterTile} says which is used and why; the others are for the remainders.
 */
final class DenseKernels {
  /** Most rows of a tile: TileCall cuts rows into tiles of 1 to so many. */
  private static final int ROWS = 6;

  /** Most rows of the tiles of one and two vectors that aren't pixel tiles. */
  private static final int NARROW_ROWS = 12;

  /** Most vectors of a tile. */
  private static final int VECTORS = 4;

  /** A factor for the ending of a tile in a number that has its vectors too. */
  private static final int MOST = VECTORS + 1;

  /** TileCall's numbers of endings, in their order. */
  private static final String[] ENDINGS = {"", "Low", "Both", "Onto", "OntoLow", "OntoBoth"};

  private static final String HEADER =
      """
      package dev.convector.internal.kernel;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import dev.convector.internal.simd.Simd;
      import java.lang.invoke.VarHandle;
      import jdk.incubator.vector.FloatVector;

      /** Register tiles of the dense micro-kernel; generated, see DenseKernels in the codegen folder. */
      final class DenseKernels {
        private static final int INDEX = (1 << 30) - 1;
        private static final int DEPTH = (1 << 20) - 1;

        private static final boolean FENCED = Simd.FENCED_ROWS;

        /** Masks of tiles whose rows are fenced; all bits where they aren't. */
        private static final int FENCED_INDEX = FENCED ? INDEX : -1;

        private static final int FENCED_DEPTH = FENCED ? DEPTH : -1;

        private DenseKernels() {}

        private static void fence() {
          if (Simd.FENCED) {
            VarHandle.loadLoadFence();
          }
        }
      """;

  private static final String WIDTHS_START =
      """

        static void {kind}(TileCall p, int rows, int t) {
          switch (p.ending * {most} + p.vectors) {
      """;

  private static final String WIDTH =
      """
            case {ending * most + v + 1} -> {class}.heights{v + 1}(p, rows, t);
      """;

  private static final String WIDTHS_END =
      """
            default -> throw new AssertionError("no tile of " + p.vectors + " vectors");
          }
        }
      """;

  private static final String CLASS_START =
      """

        private static final class {class} {
      """;

  private static final String HEIGHTS_START =
      """

        static void heights{vectors}(TileCall p, int rows, int t) {
          switch (rows) {
      """;

  private static final String HEIGHT =
      """
            @if paired
            case {rows} -> {
              boolean odd = p.depth % 2 != 0;
              @if deep
              if (p.depth >= p.deep) {
                if (odd) {
                  deepOdd{rows}x{vectors}(p, t);
                } else {
                  deep{rows}x{vectors}(p, t);
                }
                return;
              }
              @end
              if (odd) {
                odd{rows}x{vectors}(p, t);
              } else {
                even{rows}x{vectors}(p, t);
              }
            }
            @else
            case {rows} -> tile{rows}x{vectors}(p, t);
            @end
      """;

  private static final String HEIGHTS_END =
      """
            default -> throw new AssertionError("no tile of " + rows + " rows");
          }
        }
      """;

  private static final String TILE =
      """

        private static void {name}{rows}x{vectors}(TileCall p, int t) {
          float[] a = p.a;
          float[] b = p.b;
          int[] table = p.table;
          int bOffset = p.bOffset;
          @if masked
          int depth = p.depth & {mask}DEPTH;
          int a{i} = (table[p.aRows + t + {i}] + p.aOffset) & {mask}INDEX;
          @else
          int depth = p.depth;
          int a{i} = table[p.aRows + t + {i}] + p.aOffset;
          @end
          @if pixel
          FloatVector s{i} = FloatVector.broadcast(SPECIES, p.start[p.startOffset + t + {i}]);
          FloatVector c{i}_{v} = s{i};
          @else
          FloatVector s{v} = FloatVector.fromArray(SPECIES, p.start, p.startOffset + {v} * LANES);
          FloatVector c{i}_{v} = s{v};
          @end
          for (int k = 0; k < depth{short}; k += {steps}) {
            @for step
            @if fenced
            fence();
            @end
            @fence
            FloatVector b{step}_{v} = FloatVector.fromArray(SPECIES, b, bOffset + k * {vectors} * LANES + {step * vectors + v} * LANES);
            @if fenced
            fence();
            @end
            @fence
            @for i
            FloatVector x{step}_{i} = FloatVector.broadcast(SPECIES, a[a{i} + k + {step}]);
            c{i}_{v} = x{step}_{i}.fma(b{step}_{v}, c{i}_{v});
            @fence
            @end
            @end
          }
          @if odd
          int k = depth - 1;
          FloatVector b{v} = FloatVector.fromArray(SPECIES, b, bOffset + k * {vectors} * LANES + {v} * LANES);
          @for i
          FloatVector x{i} = FloatVector.broadcast(SPECIES, a[a{i} + k]);
          c{i}_{v} = x{i}.fma(b{v}, c{i}_{v});
          @end
          @end
          float[] c = p.c;
          @if far
          if (p.onto) {
            @for i
            int d{i} = table[p.cRows + t + {i}] + p.cOffset;
            c{i}_{v} = c{i}_{v}.add(FloatVector.fromArray(SPECIES, c, d{i} + {v} * LANES));
            @end
          }
          @clamp c{i}_{v}
          @end
          @if onto
          @for i
          int d{i} = table[p.cRows + t + {i}] + p.cOffset;
          c{i}_{v} = c{i}_{v}.add(FloatVector.fromArray(SPECIES, c, d{i} + {v} * LANES));
          @end
          @end
          @if low
          FloatVector lows = FloatVector.broadcast(SPECIES, p.low);
          c{i}_{v} = c{i}_{v}.blend(lows, c{i}_{v}.lt(lows));
          @end
          @if high
          FloatVector highs = FloatVector.broadcast(SPECIES, p.high);
          c{i}_{v} = c{i}_{v}.blend(highs, highs.lt(c{i}_{v}));
          @end
          @for i
          int r{i} = table[p.cRows + t + {i}] + p.cOffset;
          c{i}_{v}.intoArray(c, r{i} + {v} * LANES);
          @end
        }
      """;

  private DenseKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(HEADER);
    for (String kind : new String[] {"tile", "pixel", "far", "farPixel"}) {
      String[] endings = isFar(kind) ? new String[] {""} : ENDINGS;
      writeWidths(kind, endings, out);
      for (String ending : endings) {
        out.append(Template.of(CLASS_START).set("class", className(kind, ending)).expand());
        for (int vectors = 1; vectors <= VECTORS; vectors++) {
          writeHeights(kind, ending, vectors, out);
        }
        out.append("  }\n");
      }
    }
    Template.write(
        root, "dev.convector.internal.kernel", "DenseKernels", out.append("}\n").toString());
  }

  private static void writeWidths(String kind, String[] endings, StringBuilder out) {
    out.append(Template.of(WIDTHS_START).set("kind", kind).set("most", MOST).expand());
    for (int ending = 0; ending < endings.length; ending++) {
      out.append(
          Template.of(WIDTH)
              .set("class", className(kind, endings[ending]))
              .set("ending", ending)
              .set("most", MOST)
              .index("v", VECTORS)
              .expand());
    }
    out.append(WIDTHS_END);
  }

  private static void writeHeights(String kind, String ending, int vectors, StringBuilder out) {
    int mostRows = vectors <= 2 && kind.equals("tile") ? NARROW_ROWS : ROWS;
    out.append(shape(HEIGHTS_START, kind, 0, vectors).expand());
    for (int rows = 1; rows <= mostRows; rows++) {
      out.append(shape(HEIGHT, kind, rows, vectors).expand());
    }
    out.append(HEIGHTS_END);
    for (int rows = 1; rows <= mostRows; rows++) {
      if (isPaired(kind, rows, vectors)) {
        out.append(tile("even", kind, ending, rows, vectors));
        if (vectors == 4) {
          out.append(tile("deep", kind, ending, rows, vectors));
          out.append(tile("deepOdd", kind, ending, rows, vectors));
        }
        out.append(tile("odd", kind, ending, rows, vectors));
      } else {
        out.append(tile("tile", kind, ending, rows, vectors));
      }
    }
  }

  private static Template shape(String text, String kind, int rows, int vectors) {
    return Template.of(text)
        .set("rows", rows)
        .set("vectors", vectors)
        .set("paired", isPaired(kind, rows, vectors))
        .set("deep", vectors == 4);
  }

  private static String tile(String name, String kind, String ending, int rows, int vectors) {
    boolean odd = name.equals("odd") || name.equals("deepOdd");
    boolean deep = name.startsWith("deep");
    boolean tall = rows > ROWS && !isFar(kind);
    boolean few = vectors == 2 && rows <= ROWS && !isFar(kind);
    int steps = name.equals("tile") ? 1 : 2;
    return Template.of(few ? TILE : Template.splice(TILE, "fence", ""))
        .set("name", name)
        .set("rows", rows)
        .set("vectors", vectors)
        .set("pixel", kind.equals("pixel") || kind.equals("farPixel"))
        .set("far", isFar(kind))
        .set("onto", ending.startsWith("Onto"))
        .set("low", ending.endsWith("Low") || ending.endsWith("Both"))
        .set("high", ending.endsWith("Both"))
        .set("masked", deep || tall || few)
        .set("mask", few ? "FENCED_" : "")
        .set("fenced", deep)
        .set("odd", odd)
        .set("short", odd ? " - 1" : "")
        .set("steps", steps)
        .index("step", steps)
        .index("i", rows)
        .index("v", vectors)
        .expand();
  }

  /** Of the class that has a kind's tiles with an ending: loaded when it is first used. */
  private static String className(String kind, String ending) {
    return Character.toUpperCase(kind.charAt(0)) + kind.substring(1) + ending;
  }

  private static boolean isFar(String kind) {
    return kind.startsWith("far");
  }

  /** Whether a tile takes two steps of the depth an iteration. */
  private static boolean isPaired(String kind, int rows, int vectors) {
    if (isFar(kind)) {
      return false;
    }
    return vectors == 4 && rows == 5 || vectors == 3 && rows == 6;
  }
}
