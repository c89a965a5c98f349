package dev.convector.properties;

import dev.convector.Algorithm;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("every algorithm that accepts a problem agrees with the oracle")
class OracleProperties {

  @Property
  @Label("on integers: to the bit, where the activation is piecewise linear")
  void integers(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    Oracle oracle = new Oracle(any);
    for (Algorithm algorithm : any.algorithms()) {
      oracle.check(algorithm);
    }
  }

  @Property
  @Label("on floats: within the bounds")
  void floats(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    ConvCase floats = any.with(Values.FLOATS);
    Oracle oracle = new Oracle(floats);
    for (Algorithm algorithm : floats.algorithms()) {
      oracle.check(algorithm);
    }
  }

  @Property
  @Label("NaN and infinities end in the outputs whose window covers them, and nowhere else")
  void specials(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    ConvCase specials = any.with(Values.SPECIALS);
    Oracle oracle = new Oracle(specials);
    for (Algorithm algorithm : specials.exactAlgorithms()) {
      oracle.check(algorithm);
    }
  }
}
