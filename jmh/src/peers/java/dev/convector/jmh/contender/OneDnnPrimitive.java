package dev.convector.jmh.contender;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;

/** A primitive of oneDNN with its memory. */
public abstract class OneDnnPrimitive implements Contender {
  static final memory.data_type F32 = memory.data_type.f32;

  final engine cpu = new engine(engine.kind.cpu, 0);
  final stream queue = new stream(cpu);
  final primitive_attr attributes = new primitive_attr();
  final IntMemoryMap arguments = new IntMemoryMap();
  private primitive work;
  private FloatPointer result;

  /** What memories point to and don't hold: a garbage collection would free it. */
  private final List<FloatPointer> held = new ArrayList<>();

  private String implementation;
  private long scratchBytes;

  OneDnnPrimitive(int threads) {
    OpenMp.threads(threads);
    attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
  }

  final void ready(primitive_desc description, primitive made) {
    work = made;
    arguments.put(dnnl.DNNL_ARG_SCRATCHPAD, new memory(description.scratchpad_desc(), cpu));
    implementation = description.impl_info_str().getString();
    scratchBytes = description.scratchpad_desc().get_size();
  }

  /** Where the primitive writes what {@link #written} gives. */
  final void writes(int argument, memory.desc desc, int size) {
    result = new FloatPointer(size);
    arguments.put(argument, new memory(desc, cpu, result));
  }

  final memory filled(memory.desc desc, float[] values) {
    FloatPointer pointer = new FloatPointer(values);
    held.add(pointer);
    return new memory(desc, cpu, pointer);
  }

  /** Values in the order that the primitive chose. */
  final memory reordered(memory.desc plain, float[] values, memory.desc chosen) {
    memory to = new memory(chosen, cpu);
    reorder(filled(plain, values), to);
    return to;
  }

  final void reorder(memory from, memory to) {
    new reorder(from, to).execute(queue, from, to);
    dnnl.dnnl_stream_wait(queue.get());
  }

  @Override
  public final void run() {
    work.execute(queue, arguments);
    dnnl.dnnl_stream_wait(queue.get());
  }

  final float[] written() {
    return values(result);
  }

  static float[] values(FloatPointer pointer) {
    float[] values = new float[(int) pointer.capacity()];
    pointer.get(values);
    return values;
  }

  @Override
  public final String algorithm() {
    return implementation;
  }

  @Override
  public final long workspaceBytes() {
    return scratchBytes;
  }
}
