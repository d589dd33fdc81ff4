package tocsin.dispatcher.settings;

import java.time.Instant;
import java.util.Optional;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.incident.SeverityRank;
import tocsin.schemas.avro.Severity;

/**
 * Where an organisation wants its breach notices.
 *
 * @param floor the least severity that it wants to be told of
 */
public record BreachSettings(WebhookChoice webhook, EmailChoice email, Optional<Severity> floor) {

    /** Of an organisation that has never saved any. */
    public static final BreachSettings OFF = new BreachSettings(
            new WebhookChoice(false, Optional.empty(), Optional.empty()),
            new EmailChoice(false, Optional.empty(), Language.EN, Optional.empty()),
            Optional.empty());

    /** @param savedAt since when it is on at this endpoint; empty while it is off */
    public record WebhookChoice(boolean enabled, Optional<String> endpointId, Optional<Instant> savedAt) {}

    /** @param savedAt since when it is on at this address; empty while it is off */
    public record EmailChoice(
            boolean enabled, Optional<String> address, Language language, Optional<Instant> savedAt) {}

    /** One that nobody rated is never below: nobody knows how bad it is. */
    public boolean isBelowFloor(Severity severity) {
        return severity != Severity.UNKNOWN
                && floor.filter(least -> SeverityRank.of(severity) < SeverityRank.of(least))
                        .isPresent();
    }

    /**
     * What counts after these are replaced by {@code wanted}, whose times are ignored. A destination counts from now if it was off or is another
     * one now; a new language or the same choice again moves nothing.
     */
    public BreachSettings replacedBy(BreachSettings wanted, Instant now) {
        return new BreachSettings(
                new WebhookChoice(
                        wanted.webhook.enabled,
                        wanted.webhook.endpointId,
                        wanted.webhook.enabled
                                ? Optional.of(webhook.savedAt
                                        .filter(at -> webhook.endpointId.equals(wanted.webhook.endpointId))
                                        .orElse(now))
                                : Optional.empty()),
                new EmailChoice(
                        wanted.email.enabled,
                        wanted.email.address,
                        wanted.email.language,
                        wanted.email.enabled
                                ? Optional.of(email.savedAt
                                        .filter(at -> email.address.equals(wanted.email.address))
                                        .orElse(now))
                                : Optional.empty()),
                wanted.floor);
    }
}
