package tocsin.dispatcher.ledger;

import java.time.Instant;

/**
 * What an erasure reaches.
 *
 * @param requested when it was asked for; an organisation may have asked for the address again since
 * @param known since when everything that is written obeys it, not before {@code requested}
 */
public record ErasureBounds(Instant requested, Instant known) {}
