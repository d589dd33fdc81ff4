package tocsin.planted.style;

/** Named by what it might be. */
final class NameManager {}
