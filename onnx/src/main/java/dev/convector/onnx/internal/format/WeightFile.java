package dev.convector.onnx.internal.format;

import dev.convector.onnx.OnnxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * A file whose numbers are read when they are needed instead of being held. It stays open, so that
 * it may be deleted meanwhile, and is closed when nothing refers to it any more.
 *
 * <p>Thread-safe. Not a channel: that is closed for good where a thread is interrupted as it reads.
 */
final class WeightFile {
  private static final int CHUNK = 1 << 16;

  private final Path path;
  private final RandomAccessFile file;
  private final BasicFileAttributes opened;

  /**
   * @param path on the default file system
   */
  WeightFile(Path path) throws IOException {
    this.path = path;
    this.opened = attributes();
    this.file = new RandomAccessFile(path.toFile(), "r");
  }

  /**
   * A part of a file.
   *
   * @param length in bytes
   */
  record Range(WeightFile file, long offset, long length) {
    /** All of it, in the format's order of bytes. */
    ByteBuffer bytes() {
      byte[] bytes = new byte[Math.toIntExact(length)];
      file.read(offset, bytes, bytes.length);
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The floats that it is; a new array each time. */
    float[] floats() {
      float[] floats = new float[Math.toIntExact(length / Float.BYTES)];
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 0; at < floats.length; ) {
        int count = Math.min(CHUNK / Float.BYTES, floats.length - at);
        file.read(offset + (long) Float.BYTES * at, chunk.array(), count * Float.BYTES);
        chunk.asFloatBuffer().get(floats, at, count);
        at += count;
      }
      return floats;
    }
  }

  /** From the beginning, once; not to be closed. */
  InputStream stream() {
    return Channels.newInputStream(file.getChannel());
  }

  /**
   * A part of it.
   *
   * @throws IOException if it is not inside
   */
  Range range(long offset, long length) throws IOException {
    if (offset < 0 || length < 0 || offset > opened.size() - length) {
      throw new IOException(length + " bytes from " + offset + " on; must be in the file " + path);
    }
    return new Range(this, offset, length);
  }

  private synchronized void read(long offset, byte[] to, int count) {
    try {
      if (isChanged()) {
        throw new OnnxException(path + ": was changed since the model was loaded");
      }
      file.seek(offset);
      file.readFully(to, 0, count);
    } catch (IOException failure) {
      throw new OnnxException(path + ": weights can't be read: " + failure, failure);
    }
  }

  /** In its place. Deleted or replaced by another file, what was opened is still there. */
  private boolean isChanged() throws IOException {
    if (Files.notExists(path)) {
      return false;
    }
    BasicFileAttributes now = attributes();
    return Objects.equals(now.fileKey(), opened.fileKey())
        && (now.size() != opened.size()
            || !now.lastModifiedTime().equals(opened.lastModifiedTime()));
  }

  private BasicFileAttributes attributes() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class);
  }
}
