package tocsin.engine;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why a record was moved to a tier without spending an attempt. */
enum Deferral {
    /** Its key had too much work waiting. */
    BUSY,
    /** The handler kept throwing for it alone. */
    FAULT,
    /** The partition went elsewhere while later records were already done. */
    HANDOVER;

    String headerValue() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Deferral> of(String headerValue) {
        return Arrays.stream(values())
                .filter(it -> it.headerValue().equals(headerValue))
                .findFirst();
    }
}
