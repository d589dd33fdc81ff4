package tocsin.sender.endpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The form in which an endpoint gets its events. */
public enum EndpointFormat {

    /** Standard Webhooks: {@code {type, timestamp, data}}. */
    STANDARD,

    /** {@code {event, timestamp, organization_id, data, signature}}, with a header of one signature beside those of the standard. */
    TAKUMO;

    /** As it is stored and shown. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<EndpointFormat> of(String text) {
        return Arrays.stream(values())
                .filter(format -> format.text().equals(text))
                .findFirst();
    }
}
