package tocsin.tracker.intake;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.ProxyRequest;

/**
 * {@link DownloadObserved} as a JSON object: the same fields under the same names, {@code null} for absent, {@code fetched_at} in ISO 8601 or in
 * milliseconds since the epoch, {@code principal.type} in lower case. A field of another name is refused: were it a misspelt one, the download would
 * be taken for somebody else's or nobody's.
 */
final class DownloadJson {

    private static final Set<String> FIELDS = Set.of(
            "event_id",
            "source",
            "source_kind",
            "fetched_at",
            "ecosystem",
            "package_name",
            "version",
            "request",
            "origin_registry",
            "org_id",
            "principal",
            "token_id");
    private static final Set<String> REQUEST_FIELDS = Set.of("method", "path", "status", "bytes");
    private static final Set<String> PRINCIPAL_FIELDS = Set.of("type", "id", "name", "email", "repository");

    private DownloadJson() {}

    /**
     * @param form of those in JSON
     * @throws TokenShownException if a token or another secret may stand in it
     * @throws IllegalArgumentException if it has no such form; names fields of ours, never values
     */
    static DownloadObserved read(byte[] text, WireForm form) {
        return switch (form) {
            case JSON -> message(parsed(text));
            case CLOUD_EVENT -> message(CloudEvent.download(parsed(text)));
            case AVRO -> throw new IllegalArgumentException("Avro is no JSON");
        };
    }

    private static JsonNode parsed(byte[] text) {
        JsonNode event;
        try {
            event = JsonText.parse(text);
        } catch (IllegalArgumentException e) {
            if (ShownSecret.mayStandIn(text)) {
                throw new TokenShownException(String.valueOf(e.getMessage()));
            }
            throw e;
        }
        // Before anything else, and of all of it: whatever more is wrong with it, it may hold a secret.
        ShownSecret.refuseIn(event);
        return event;
    }

    private static DownloadObserved message(JsonNode event) {
        refuseOthers(event, FIELDS, "event");
        return DownloadObserved.newBuilder()
                .setEventId(text(event, "event_id").orElse(null))
                .setSource(needed(text(event, "source"), "source"))
                .setSourceKind(text(event, "source_kind").orElse(null))
                .setFetchedAt(fetchedAt(event.path("fetched_at")))
                .setEcosystem(text(event, "ecosystem").orElse(null))
                .setPackageName(text(event, "package_name").orElse(null))
                .setVersion(text(event, "version").orElse(null))
                .setRequest(absent(event.path("request")) ? null : request(event.path("request")))
                .setOriginRegistry(text(event, "origin_registry").orElse(null))
                .setOrgId(text(event, "org_id").orElse(null))
                .setPrincipal(absent(event.path("principal")) ? null : principal(event.path("principal")))
                .setTokenId(text(event, "token_id").orElse(null))
                .build();
    }

    private static ProxyRequest request(JsonNode request) {
        refuseOthers(request, REQUEST_FIELDS, "request");
        return ProxyRequest.newBuilder()
                .setMethod(needed(text(request, "method"), "request.method"))
                .setPath(needed(text(request, "path"), "request.path"))
                .setStatus(Math.toIntExact(needed(number(request, "status", Integer.MAX_VALUE), "request.status")))
                .setBytes(number(request, "bytes", Long.MAX_VALUE).orElse(null))
                .build();
    }

    private static Principal principal(JsonNode principal) {
        refuseOthers(principal, PRINCIPAL_FIELDS, "principal");
        return Principal.newBuilder()
                .setType(type(needed(text(principal, "type"), "principal.type")))
                .setId(needed(text(principal, "id"), "principal.id"))
                .setName(text(principal, "name").orElse(null))
                .setEmail(text(principal, "email").orElse(null))
                .setRepository(text(principal, "repository").orElse(null))
                .build();
    }

    private static PrincipalType type(String name) {
        return switch (name) {
            case "human" -> PrincipalType.HUMAN;
            case "ci_cd" -> PrincipalType.CI_CD;
            case "org_token" -> PrincipalType.ORG_TOKEN;
            case "anonymous" -> PrincipalType.ANONYMOUS;
            default ->
                throw new IllegalArgumentException("principal.type must be human, ci_cd, org_token or anonymous");
        };
    }

    private static Instant fetchedAt(JsonNode time) {
        if (time.isIntegralNumber() && time.canConvertToLong()) {
            return Instant.ofEpochMilli(time.longValue());
        }
        try {
            return Instant.parse(needed(Optional.ofNullable(time.textValue()), "fetched_at"));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "fetched_at must be in ISO 8601 with a zone, or in milliseconds since the epoch", e);
        }
    }

    private static void refuseOthers(JsonNode node, Set<String> fields, String what) {
        if (!node.isObject()) {
            throw new IllegalArgumentException(what + " is no JSON object");
        }
        node.fieldNames().forEachRemaining(name -> {
            if (!fields.contains(name)) {
                throw new IllegalArgumentException(what + " has a field that is not known");
            }
        });
    }

    static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static Optional<String> text(JsonNode parent, String field) {
        JsonNode node = parent.path(field);
        if (absent(node)) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw new IllegalArgumentException(field + " is no text");
        }
        return Optional.of(node.textValue());
    }

    private static Optional<Long> number(JsonNode parent, String field, long most) {
        JsonNode node = parent.path(field);
        if (absent(node)) {
            return Optional.empty();
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0 || node.longValue() > most) {
            throw new IllegalArgumentException(field + " is no number in its range");
        }
        return Optional.of(node.longValue());
    }

    private static <T> T needed(Optional<T> value, String field) {
        return value.orElseThrow(() -> new IllegalArgumentException(field + " is missing"));
    }
}
