package tocsin.schemas;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.time.Instant;
import java.util.regex.Pattern;
import tocsin.schemas.avro.WebhookRequested;

/**
 * What can be sent as a webhook. Who asks for one checks before he waits for its settlement, and who sends it refuses the rest: one set of rules, or a
 * request that only one of them takes would be waited for without end.
 *
 * <p>All checks throw {@link IllegalArgumentException} with a reason that repeats nothing of what was checked.
 */
public final class WebhookContract {

    /** Bytes of an encoded request; what a broker takes by default, less a key and headers, for it may go round over several topics. */
    public static final int MAX_REQUEST_BYTES = 890_000;

    /** Characters of a type. */
    public static final int MAX_TYPE_CHARACTERS = 128;

    /** Objects and arrays within each other in data. */
    public static final int MAX_DATA_DEPTH = 64;

    /** The first and the last time that the envelope's form has four digits of a year for. */
    public static final Instant FIRST_TIME = Instant.EPOCH;

    public static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999Z");

    // Goes into a header and is signed between full stops, so it has none (Standard Webhooks, "Signature scheme").
    private static final Pattern WEBHOOK_ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");
    private static final Pattern ID = Pattern.compile("[\\x21-\\x7E]{1,256}");
    private static final Pattern TYPE = Pattern.compile("[a-zA-Z0-9_]+(\\.[a-zA-Z0-9_]+)*");
    // Two members of the same name mean one thing to this reader and another to that.
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DATA_DEPTH)
                    .build())
            // The usual one keeps buffers by thread, and most callers have a thread for each request.
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            .build();

    private WebhookContract() {}

    /** All but the length, which only its bytes have: {@link #MAX_REQUEST_BYTES}. */
    public static void check(WebhookRequested request) {
        require(WEBHOOK_ID, request.getWebhookId(), "webhook_id");
        require(ID, request.getNotificationId(), "notification_id");
        require(ID, request.getOrgId(), "org_id");
        require(ID, request.getEndpointId(), "endpoint_id");
        checkType(request.getType());
        checkTime(request.getOccurredAt());
        checkData(request.getData());
    }

    public static void checkType(String type) {
        require(TYPE, type, "type");
        refuse(type.length() > MAX_TYPE_CHARACTERS, "type is longer than " + MAX_TYPE_CHARACTERS + " characters");
    }

    public static void checkTime(Instant occurredAt) {
        refuse(
                occurredAt.isBefore(FIRST_TIME) || occurredAt.isAfter(LAST_TIME),
                "occurred_at lies outside the years 1970 to 9999");
    }

    /** One JSON object, without two members of one name. */
    public static void checkData(String data) {
        try (JsonParser parser = JSON.createParser(data)) {
            refuse(parser.nextToken() != JsonToken.START_OBJECT, "data is not a JSON object");
            parser.skipChildren();
            refuse(
                    parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null,
                    "data is not one JSON object");
        } catch (IOException _) {
            // Without the cause, which quotes the text.
            throw new IllegalArgumentException("data is not valid JSON");
        }
    }

    private static void require(Pattern pattern, String value, String field) {
        refuse(!pattern.matcher(value).matches(), field + " is empty, too long or has forbidden characters");
    }

    private static void refuse(boolean bad, String reason) {
        if (bad) {
            throw new IllegalArgumentException(reason);
        }
    }
}
