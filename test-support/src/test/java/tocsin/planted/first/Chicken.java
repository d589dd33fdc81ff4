package tocsin.planted.first;

import tocsin.planted.second.Egg;

/** One half of a cycle. */
public record Chicken(Egg from) {}
