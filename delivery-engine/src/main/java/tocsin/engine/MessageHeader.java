package tocsin.engine;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One header of a record. The bytes are shared, not copied: do not change them.
 *
 * @param value null where the record has the name without a value
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record MessageHeader(String name, byte @Nullable [] value) {

    static MessageHeader of(String name, String text) {
        return new MessageHeader(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The value as UTF-8; empty text where there is none. */
    String text() {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return name;
    }
}
