package tocsin.dispatcher.incident;

import java.time.Instant;

/** One affected download. */
public record Download(String eventId, String version, Instant fetchedAt, Principal principal) {}
