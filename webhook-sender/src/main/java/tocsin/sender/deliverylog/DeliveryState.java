package tocsin.sender.deliverylog;

import java.util.Locale;

/** Where a delivery is. */
public enum DeliveryState {
    /** An attempt has failed and another follows. */
    RETRYING,
    /** It waits in the parking. */
    PARKED,
    DELIVERED,
    FAILED;

    /** As it is stored and shown. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static DeliveryState of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
