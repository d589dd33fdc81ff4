package tocsin.planted.second;

import java.util.List;
import tocsin.planted.first.Chicken;

/** The other half, in a package that is not null-marked. */
public record Egg(List<Chicken> becomes) {}
