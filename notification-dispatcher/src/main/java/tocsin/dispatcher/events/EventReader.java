package tocsin.dispatcher.events;

import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.schemas.Audience;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.WebhookContract;
import tocsin.schemas.avro.PlatformEvent;

/**
 * Reads {@code platform.event} and refuses what must not be passed on. What the webhooks' sender would not take is refused here, before a row of the
 * ledger waits for it.
 */
final class EventReader {

    static final int MAX_DATA_CHARACTERS = 200_000;

    private static final int LONGEST_ID = 256;
    private static final int MOST_ENDPOINTS = 100;
    private static final MessageCodec<PlatformEvent> CODEC = MessageCodec.of(PlatformEvent.class);

    /** @param audience the event's organisation */
    record Event(Audience.Organisation audience, PlatformEvent event) {}

    private EventReader() {}

    /**
     * @throws tocsin.schemas.UndecodableMessageException if the bytes are no event
     * @throws IllegalArgumentException if they are one that makes no sense; the message repeats nothing of it
     */
    static Event read(byte[] bytes, EventTypes types) {
        return check(CODEC.decode(bytes), types);
    }

    /** @throws IllegalArgumentException as {@link #read} */
    static Event check(PlatformEvent event, EventTypes types) {
        refuse(
                event.getEventId().isBlank() || event.getEventId().length() > LONGEST_ID,
                "the event id is missing or too long");
        refuse(event.getEventId().indexOf('\0') >= 0, "the event id holds a NUL");
        Audience.Organisation audience = new Audience.Organisation(event.getOrgId());
        WebhookContract.checkTime(event.getOccurredAt());
        refuse(
                event.getWebhookEndpointIds().size() > MOST_ENDPOINTS,
                "more than " + MOST_ENDPOINTS + " endpoints are named");
        refuse(event.getWebhookEndpointIds().stream().anyMatch(EventReader::isNoId), "an endpoint's id is no id");
        refuse(
                event.getData().length() > MAX_DATA_CHARACTERS,
                "data has more than " + MAX_DATA_CHARACTERS + " characters");
        WebhookContract.checkData(event.getData());
        types.check(event.getType(), event.getData());
        return new Event(audience, event);
    }

    private static boolean isNoId(String endpoint) {
        // What rows of mails are called is no endpoint: two rows of one notification would be one.
        return !endpoint.matches("[A-Za-z0-9_-]{1,128}") || endpoint.equals(LedgerRow.EMAIL);
    }

    private static void refuse(boolean bad, String reason) {
        if (bad) {
            throw new IllegalArgumentException(reason);
        }
    }
}
