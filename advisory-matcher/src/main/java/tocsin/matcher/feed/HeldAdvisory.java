package tocsin.matcher.feed;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.HoldState;

/**
 * A held advisory, and what became of it. Public for the framework, which makes JSON of it.
 *
 * @param holdId names what is said, in whichever revision; who decides names it, so that nobody decides about what he has not read
 * @param packageName canonical
 * @param receivedAt up to when downloads count, if it is released
 * @param heldAt since when it has been held without a break
 * @param audiences that had fetched the package then, at least
 * @param state {@code held}, {@code released}, {@code rejected} or {@code superseded}
 * @param decidedAt null: it is held
 * @param decidedBy subject of the token of who released or rejected it; null: nobody did
 * @param reason why it was released, rejected or superseded; null: it is held
 */
public record HeldAdvisory(
        @JsonProperty("hold_id") String holdId,
        String feed,
        @JsonProperty("advisory_id") String advisoryId,
        String ecosystem,
        @JsonProperty("package_name") String packageName,
        List<String> aliases,
        String kind,
        String severity,
        String summary,
        @JsonProperty("advisory_url") @Nullable String advisoryUrl,
        Instant revision,
        @JsonProperty("published_at") Instant publishedAt,
        @JsonProperty("received_at") Instant receivedAt,
        @JsonProperty("held_at") Instant heldAt,
        int audiences,
        String state,
        @JsonProperty("decided_at") @Nullable Instant decidedAt,
        @JsonProperty("decided_by") @Nullable String decidedBy,
        @Nullable String reason) {

    public HeldAdvisory {
        aliases = List.copyOf(aliases);
    }

    static HeldAdvisory of(AdvisoryHeld held) {
        AdvisoryAccepted advisory = held.getAdvisory();
        return new HeldAdvisory(
                held.getHoldId(),
                advisory.getFeed(),
                advisory.getAdvisoryId(),
                advisory.getEcosystem(),
                advisory.getPackageName(),
                advisory.getAliases(),
                word(advisory.getKind()),
                word(advisory.getSeverity()),
                advisory.getSummary(),
                advisory.getAdvisoryUrl().orElse(null),
                advisory.getRevision(),
                advisory.getPublishedAt(),
                advisory.getReceivedAt().orElse(advisory.getFirstReceivedAt()),
                held.getHeldAt(),
                held.getAudiences(),
                word(held.getState()),
                held.getDecidedAt().orElse(null),
                held.getDecidedBy().orElse(null),
                held.getReason().orElse(null));
    }

    boolean isIn(HoldState other) {
        return state.equals(word(other));
    }

    static String word(Enum<?> symbol) {
        return symbol.name().toLowerCase(Locale.ROOT);
    }
}
