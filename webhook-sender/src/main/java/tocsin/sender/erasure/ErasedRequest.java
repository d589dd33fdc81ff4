package tocsin.sender.erasure;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.WebhookRequested;

/** A request whose body names somebody, without them. The organisation is still told what was fetched and when. */
final class ErasedRequest {

    private static final MessageCodec<WebhookRequested> CODEC = MessageCodec.of(WebhookRequested.class);
    // The usual pool keeps buffers by thread, and those of the writers are as many as their groups.
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            .build());

    private static final String DOWNLOADS = "affected_downloads";
    private static final String PRINCIPAL_ID = "principal_id";
    private static final String PRINCIPAL_EMAIL = "principal_email";

    private ErasedRequest() {}

    /**
     * Whom it names: those whose erasure would change it, if it were late enough.
     *
     * @param request the value of a {@code webhook.requested}
     * @return as {@link RecordKeys#privacyErasure} makes them
     */
    static Set<String> subjects(byte[] request) {
        try {
            return subjects(CODEC.decode(request));
        } catch (UndecodableMessageException | IOException _) {
            // As read() has it.
            return Set.of();
        }
    }

    /** Asked of every request that is kept, so nothing is made of it but the names: a tree costs three times that. */
    private static Set<String> subjects(WebhookRequested message) throws IOException {
        Set<String> subjects = new HashSet<>();
        try (JsonParser data = JSON.createParser(message.getData())) {
            if (data.nextToken() != JsonToken.START_OBJECT) {
                return subjects;
            }
            while (data.nextToken() == JsonToken.FIELD_NAME) {
                boolean isDownloads = data.currentName().equals(DOWNLOADS);
                if (data.nextToken().isStructStart() && isDownloads) {
                    addAllNamed(message.getOrgId(), data, subjects);
                } else {
                    data.skipChildren();
                }
            }
        }
        return subjects;
    }

    /** @param data within the array of downloads, which it leaves */
    private static void addAllNamed(String orgId, JsonParser data, Set<String> subjects) throws IOException {
        for (JsonToken token = data.nextToken(); !token.isStructEnd(); token = data.nextToken()) {
            if (token == JsonToken.START_OBJECT) {
                @Nullable String id = null;
                @Nullable String email = null;
                while (data.nextToken() == JsonToken.FIELD_NAME) {
                    String member = data.currentName();
                    @Nullable String text = data.nextToken() == JsonToken.VALUE_STRING ? data.getText() : null;
                    data.skipChildren();
                    switch (member) {
                        case PRINCIPAL_ID -> id = text;
                        case PRINCIPAL_EMAIL -> email = text;
                        default -> {}
                    }
                }
                addNamed(orgId, id, email, subjects);
            } else {
                data.skipChildren();
            }
        }
    }

    /** A personal token's holder is told by mail only. */
    private static void addNamed(String orgId, @Nullable String id, @Nullable String email, Set<String> subjects) {
        if (id != null) {
            try {
                subjects.add(RecordKeys.privacyErasure(
                        new ErasureSubject.OfOrganisation(new Audience.Organisation(orgId), id)));
            } catch (IllegalArgumentException _) {
                // No erasure can name it either.
            }
        }
        if (email != null) {
            subjects.add(RecordKeys.privacyErasure(new ErasureSubject.OfEmail(RecordKeys.emailRecipient(email))));
        }
    }

    /**
     * @param erased who, and when that was requested
     * @return the value without them; empty if it names none of them for a download that was by then
     */
    static Optional<byte[]> without(Map<String, Instant> erased, byte[] request) {
        return erased.isEmpty() ? Optional.empty() : read(request).flatMap(read -> read.without(erased));
    }

    private static Optional<Request> read(byte[] request) {
        try {
            WebhookRequested message = CODEC.decode(request);
            return Optional.of(new Request(message, JSON.readTree(message.getData())));
        } catch (UndecodableMessageException | JsonProcessingException _) {
            // It was read when it was parked. Whoever sends it meets it again, and quarantines it.
            return Optional.empty();
        }
    }

    private record Request(WebhookRequested message, JsonNode data) {

        Optional<byte[]> without(Map<String, Instant> erased) {
            boolean named = false;
            for (JsonNode download : downloads()) {
                if (download instanceof ObjectNode fields
                        && namedIn(fields).stream()
                                .flatMap(subject -> Optional.ofNullable(erased.get(subject)).stream())
                                .anyMatch(requestedAt -> isBy(requestedAt, fields))) {
                    erase(fields);
                    named = true;
                }
            }
            return named
                    ? Optional.of(CODEC.encode(WebhookRequested.newBuilder(message)
                            .setData(data.toString())
                            .build()))
                    : Optional.empty();
        }

        private JsonNode downloads() {
            return data.path(DOWNLOADS);
        }

        private Set<String> namedIn(JsonNode download) {
            Set<String> subjects = new HashSet<>();
            addNamed(
                    message.getOrgId(),
                    download.path(PRINCIPAL_ID).textValue(),
                    download.path(PRINCIPAL_EMAIL).textValue(),
                    subjects);
            return subjects;
        }

        /** A message that was made by then tells only of what was received by then, whatever time a proxy gave it. */
        private boolean isBy(Instant requestedAt, JsonNode download) {
            return !message.getOccurredAt().isAfter(requestedAt)
                    || !fetchedAt(download).isAfter(requestedAt);
        }

        @Override
        public String toString() {
            return "Request[redacted]";
        }
    }

    private static Instant fetchedAt(JsonNode download) {
        try {
            return Instant.parse(download.path("timestamp").asText());
        } catch (DateTimeParseException _) {
            // A time that says nothing keeps nobody's name here.
            return Instant.MIN;
        }
    }

    private static void erase(ObjectNode download) {
        download.put(PRINCIPAL_ID, ErasureSubject.ERASED_ID);
        // The document has a name in every download.
        download.put("principal_name", ErasureSubject.ERASED_ID);
        download.remove(PRINCIPAL_EMAIL);
        download.remove("repository");
    }
}
