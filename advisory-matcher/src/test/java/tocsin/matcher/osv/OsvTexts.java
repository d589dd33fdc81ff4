package tocsin.matcher.osv;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Collections;

/** Records as text, and what the parser makes of them. */
final class OsvTexts {

    private OsvTexts() {}

    /** @param affectedMembers what its entry says of the package beside its name */
    static String record(String affectedMembers) {
        return "{\"id\": \"GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\", \"affected\": "
                + "[{\"package\": {\"ecosystem\": \"npm\", \"name\": \"event-stream\"}, " + affectedMembers + "}]}";
    }

    static OsvAdvisory read(String json) {
        return assertInstanceOf(OsvReading.Read.class, OsvParser.parse(json)).advisory();
    }

    static void assertUnreadable(String json) {
        assertInstanceOf(OsvReading.Unreadable.class, OsvParser.parse(json));
    }

    static String times(int count, String element) {
        return String.join(",", Collections.nCopies(count, element));
    }
}
