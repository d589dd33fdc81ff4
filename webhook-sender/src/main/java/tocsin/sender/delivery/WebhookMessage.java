package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.service.outbox.OutboxRecord;

/**
 * A request that can be delivered: ids that fit a header, a type that needs no escaping, data that is one JSON object. Its
 * body is the same bytes at every attempt.
 */
record WebhookMessage(LoggedDelivery delivery, Instant occurredAt, String data) {

    private static final MessageCodec<WebhookRequested> CODEC = MessageCodec.of(WebhookRequested.class);

    // Goes into a header and is signed between full stops, so it has none (Standard Webhooks, "Signature scheme").
    private static final Pattern WEBHOOK_ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");
    private static final Pattern ID = Pattern.compile("[\\x21-\\x7E]{1,256}");
    private static final Pattern TYPE = Pattern.compile("[a-zA-Z0-9_]+(\\.[a-zA-Z0-9_]+)*");
    private static final int LONGEST_TYPE = 128;
    /** What fits through the outbox with key and headers, for a request may have to go back through it. */
    static final int LONGEST_REQUEST = OutboxRecord.MAX_BYTES - 10_000;

    private static final int DEEPEST = 64;
    private static final Instant FIRST_YEAR = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LAST_YEAR = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    /** @throws UndecodableMessageException if the bytes are none; the message says why and repeats nothing of them */
    static WebhookMessage decode(byte[] bytes) {
        if (bytes.length > LONGEST_REQUEST) {
            throw new UndecodableMessageException(
                    "request has " + bytes.length + " bytes, at most " + LONGEST_REQUEST + " are sent");
        }
        WebhookRequested request = CODEC.decode(bytes);
        require(WEBHOOK_ID, request.getWebhookId(), "webhook_id");
        require(ID, request.getNotificationId(), "notification_id");
        require(ID, request.getOrgId(), "org_id");
        require(ID, request.getEndpointId(), "endpoint_id");
        require(TYPE, request.getType(), "type");
        if (request.getType().length() > LONGEST_TYPE) {
            throw new UndecodableMessageException("type is longer than " + LONGEST_TYPE + " characters");
        }
        Instant occurredAt = request.getOccurredAt();
        if (occurredAt.isBefore(FIRST_YEAR) || occurredAt.isAfter(LAST_YEAR)) {
            throw new UndecodableMessageException("occurred_at is no time of this calendar");
        }
        requireObject(request.getData());
        return new WebhookMessage(
                new LoggedDelivery(
                        request.getWebhookId(),
                        request.getEndpointId(),
                        request.getNotificationId(),
                        request.getOrgId(),
                        request.getType()),
                occurredAt,
                request.getData());
    }

    private static void require(Pattern pattern, String value, String field) {
        if (!pattern.matcher(value).matches()) {
            throw new UndecodableMessageException(field + " is empty, too long or has forbidden characters");
        }
    }

    private static void requireObject(String data) {
        try (JsonParser parser = JSON.createParser(data)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new UndecodableMessageException("data is not a JSON object");
            }
            parser.skipChildren();
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw new UndecodableMessageException("data is not one JSON object");
            }
        } catch (IOException _) {
            // Without the cause, which quotes the text.
            throw new UndecodableMessageException("data is not valid JSON");
        }
    }

    /** The envelope of the Standard Webhooks, "Payload structure", with the data as it came. */
    byte[] body() {
        // Neither type nor time has a character that JSON escapes. Whole seconds, as all times of a payload.
        Instant timestamp = occurredAt.truncatedTo(ChronoUnit.SECONDS);
        return ("{\"type\":\"" + delivery.type() + "\",\"timestamp\":\"" + timestamp + "\",\"data\":" + data + "}")
                .getBytes(UTF_8);
    }

    @Override
    public String toString() {
        return "WebhookMessage[" + delivery.webhookId() + " to " + delivery.endpointId() + "]";
    }
}
