package tocsin.dispatcher.routing;

/** One destination and what becomes of the match there. */
public record Decision(Destination destination, Verdict verdict) {}
