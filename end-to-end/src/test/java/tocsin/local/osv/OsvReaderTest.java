package tocsin.local.osv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OsvReaderTest {

    @Test
    void takesARecordWholeAndUnchanged() {
        // Given
        String json = """
                { "modified": "2026-01-02T03:04:05.678Z",
                  "id": "GHSA-xxxx-yyyy-zzzz", "affected": [{"versions": ["1.0", "é"]}], "extra": {"id": "other"} }
                """;

        // When
        OsvRecord record = OsvReader.read(json.getBytes(UTF_8));

        // Then
        assertEquals(new OsvRecord.Sendable("GHSA-xxxx-yyyy-zzzz", json), record);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    hello                                                          | not JSON
                    ``                                                             | not a JSON object
                    ["GHSA-1"]                                                     | not a JSON object
                    {"id":"GHSA-1","modified":"2026-01-02T03:04:05Z"               | not JSON
                    {"id":"GHSA-1","modified":"2026-01-02T03:04:05Z"} {"id":"x"}   | more than one JSON value
                    {"modified":"2026-01-02T03:04:05Z"}                            | no id
                    {"id":" ","modified":"2026-01-02T03:04:05Z"}                   | no id
                    {"id":7,"modified":"2026-01-02T03:04:05Z"}                     | no id
                    {"details":{"id":"GHSA-1"},"modified":"2026-01-02T03:04:05Z"}  | no id
                    {"id":"GHSA-1"}                                                | no time in modified
                    {"id":"GHSA-1","modified":"yesterday"}                         | no time in modified
                    {"id":"GHSA-1","modified":1700000000}                          | no time in modified
                    """)
    void refusesWhatIsNoRecord(String text, String reason) {
        assertEquals(new OsvRecord.Refused(reason), OsvReader.read(text.getBytes(UTF_8)));
    }

    @Test
    void refusesWhatIsNotUtf8() {
        byte[] latin1 = {'{', '"', (byte) 0xE9, '"', '}'};
        assertEquals(new OsvRecord.Refused("not UTF-8"), OsvReader.read(latin1));
    }

    @Test
    void refusesARecordThatTheBrokerWouldNotTake() {
        // Given
        String start = "{\"id\":\"GHSA-1\",\"modified\":\"2026-01-02T03:04:05Z\",\"details\":\"";
        String longest = start + "x".repeat(OsvReader.MAX_BYTES - start.length() - 2) + "\"}";
        String tooLong = start + "x".repeat(OsvReader.MAX_BYTES - start.length() - 1) + "\"}";

        // Then
        assertEquals(new OsvRecord.Sendable("GHSA-1", longest), OsvReader.read(longest.getBytes(UTF_8)));
        assertEquals(new OsvRecord.Refused("longer than 999000 bytes"), OsvReader.read(tooLong.getBytes(UTF_8)));
    }

    @Test
    void refusesADepthBomb() {
        String bomb = "{\"id\":\"GHSA-1\",\"modified\":\"2026-01-02T03:04:05Z\",\"affected\":" + "[".repeat(100_000)
                + "]".repeat(100_000) + "}";
        assertEquals(new OsvRecord.Refused("not JSON"), OsvReader.read(bomb.getBytes(UTF_8)));
    }
}
