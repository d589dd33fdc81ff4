package tocsin.dispatcher.incident;

import java.time.Instant;

/**
 * One affected download.
 *
 * @param receivedAt when Tocsin first heard of it
 */
public record Download(String eventId, String version, Instant fetchedAt, Instant receivedAt, Principal principal) {}
