package tocsin.local.running;

import java.util.Optional;

/** A record's header; names may repeat. */
public record RecordHeaderValue(String name, Optional<Bytes> value) {

    /** Empty for none. */
    public String text() {
        return value.map(Bytes::text).orElse("");
    }
}
