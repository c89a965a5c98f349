package dev.convector.jmh.regression;

import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * A description in the making, whose setters are found by name: what a setter returns differs
 * between versions ({@code Window2dBuilder} or {@code Conv2d.Builder}), and is part of what the
 * compiler writes into a call.
 */
final class Words {
  private Object builder;

  Words(Object builder) {
    this.builder = builder;
  }

  /** Those that every window has, of a layer in a layout. */
  Words window(Case task) {
    Layer layer = task.layer();
    int padding = layer.padding();
    // Of what versions may write in several ways, the form that has been there from the start.
    return set("stride", layer.stride())
        .set("padding", padding, padding, padding, padding)
        .set("dilation", layer.dilation())
        .set("layout", Layout.valueOf(task.layout()));
  }

  /** The same of filters on images. */
  Words filters(Case task) {
    Layer layer = task.layer();
    return set("input", layer.batch(), layer.channels(), layer.height(), layer.width())
        .set("filters", layer.filters(), layer.kernelHeight(), layer.kernelWidth())
        .set("groups", layer.groups())
        .window(task);
  }

  Words set(String word, Object... values) {
    builder = call(word, values);
    return this;
  }

  Object build() {
    return call("build");
  }

  private Object call(String word, Object... values) {
    try {
      for (Method method : builder.getClass().getMethods()) {
        if (method.getName().equals(word) && takes(method.getParameterTypes(), values)) {
          return method.invoke(builder, values);
        }
      }
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
    throw new NoSuchMethodError(builder.getClass().getName() + "." + word);
  }

  private static boolean takes(Class<?>[] parameters, Object[] values) {
    if (parameters.length != values.length) {
      return false;
    }
    for (int i = 0; i < values.length; i++) {
      if (!MethodType.methodType(parameters[i]).wrap().returnType().isInstance(values[i])) {
        return false;
      }
    }
    return true;
  }
}
