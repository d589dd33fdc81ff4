package tocsin.tracker.intake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.tracker.Samples;
import tocsin.tracker.intake.Reading.Observed;
import tocsin.tracker.intake.Reading.Unkeepable;
import tocsin.tracker.intake.Reading.Unreadable;

class ReadsJsonTest {

    private static final Instant RECEIVED_AT = Samples.FETCHED_AT.plusSeconds(2);

    /** The download of {@link Samples#observed()}. */
    private static final String REQUEST = """
            {"event_id": "req-1", "source": "verdaccio-eu", "source_kind": "verdaccio", "fetched_at": "2026-04-15T08:30:00Z",
             "request": {"method": "GET", "path": "/event-stream/-/event-stream-3.3.6.tgz", "status": 200, "bytes": 4096},
             "org_id": "acme", "principal": {"type": "ci_cd", "id": "bot-1", "name": "deploy", "repository": "acme/shop"}}""";

    private static final String NAMED = """
            {"source": "proxy-1", "fetched_at": 1776241800000, "ecosystem": "npm", "package_name": "event-stream", "version": "3.3.6"}""";

    private static final String ENVELOPE = """
            {"specversion": "1.0", "type": "tocsin.download.observed", "id": "ce-1", "source": "proxy-1", "time": "2026-04-15T08:30:00Z",
             "datacontenttype": "application/json", "partitionkey": "any", "data": {"ecosystem": "npm", "package_name": "event-stream", "version": "3.3.6"}}""";

    private final ObservationReader reader = new ObservationReader();

    @Test
    void readsTheSameFromJsonAsFromAvro() {
        // When
        Reading json = read(REQUEST, WireForm.JSON);

        // Then
        Reading avro = reader.read(Samples.encoded(Samples.observed()), RECEIVED_AT);
        assertEquals(assertInstanceOf(Observed.class, avro), json);
    }

    /** As shippers write it that know no headers. */
    @ParameterizedTest
    @CsvSource({"''", "' \n\t'"})
    void readsJsonThatNoHeaderTellsOf(String before) {
        // When
        Reading unsaid = read(before + REQUEST, WireForm.of(Optional.empty()));

        // Then
        assertEquals(read(REQUEST, WireForm.JSON), unsaid);
        assertInstanceOf(Observed.class, unsaid);
    }

    @Test
    void readsCoordinatesAndMilliseconds() {
        // When
        Reading reading = read(NAMED, WireForm.JSON);

        // Then
        Observation observation = assertInstanceOf(Observed.class, reading).observation();
        assertInstanceOf(Fetch.Named.class, observation.fetch());
        assertEquals(Samples.FETCHED_AT, observation.fetchedAt());
        assertEquals(Optional.empty(), observation.eventId());
    }

    @Test
    void letsTheEnvelopeStandInForWhatTheDataLeavesOut() {
        // When
        Reading reading = read(ENVELOPE, WireForm.CLOUD_EVENT);

        // Then
        Observation observation = assertInstanceOf(Observed.class, reading).observation();
        assertEquals(Optional.of("ce-1"), observation.eventId());
        assertEquals("proxy-1", observation.source());
        assertEquals(Samples.FETCHED_AT, observation.fetchedAt());
    }

    @Test
    void prefersTheDataToItsEnvelope() {
        // When
        Reading reading = read(
                ENVELOPE.replace("\"data\": {", "\"data\": {\"source\": \"proxy-2\", \"event_id\": \"req-2\", "),
                WireForm.CLOUD_EVENT);

        // Then
        Observation observation = assertInstanceOf(Observed.class, reading).observation();
        assertEquals(Optional.of("req-2"), observation.eventId());
        assertEquals("proxy-2", observation.source());
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "source": "proxy-1", |                       | source is missing
            "source": "proxy-1", | "source": 7,          | source is no text
            "source": "proxy-1", | "source": "a", "source": "b", | value is no JSON that is read here
            1776241800000        | "yesterday"           | fetched_at must be in ISO 8601 with a zone, or in milliseconds since the epoch
            1776241800000        | 1776241800.5          | fetched_at is missing
            1776241800000        | 1776241800            | fetched_at is before the year 2000: it is in milliseconds since the epoch
            1776241800000        | 99999999999999999999  | fetched_at is missing
            "npm"                | "gopher"              | unknown ecosystem
            "version"            | "versions"            | event has a field that is not known
            "3.3.6"}             | "3.3.6"               | value is no JSON that is read here
            "3.3.6"}             | "3.3.6"} {}           | value is no JSON that is read here
            "3.3.6"}             | "3.3.6", "request": {"method": "GET"}} | request.path is missing
            "3.3.6"}             | "3.3.6", "request": {"method": "GET", "path": "/", "status": -1}} | status is no number in its range
            "3.3.6"}             | "3.3.6", "request": []} | request is no JSON object
            "3.3.6"}             | "3.3.6", "principal": {"type": "robot", "id": "b"}} | principal.type must be human, ci_cd, org_token or anonymous
            "3.3.6"}             | "3.3.6", "org_id": [[[[[[[[[[1]]]]]]]]]]} | value is no JSON that is read here
            """)
    void refusesWhatDoesNotFit(String part, String instead, String reason) {
        // When
        Reading reading = read(NAMED.replace(part, instead == null ? "" : instead), WireForm.JSON);

        // Then
        assertEquals(new Unreadable(reason), reading);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "token_id": "npm_rawToken"             | token id must be the SHA-256 of the token: 64 lower-case hexadecimal digits
            "token_id": 17                         | token_id is no text
            "token": "npm_rawToken"                | event has a field that is called like a secret
            "headers": {"Authorization": "Bearer"} | event has a field that is called like a secret
            "any": [{"token_id": "npm_rawToken"}]  | token id must be the SHA-256 of the token: 64 lower-case hexadecimal digits
            """)
    void asksThatNobodyKeepWhatMayBeATokenItself(String field, String reason) {
        // When
        Reading json = read(NAMED.replace("{", "{\"source_kind\": \"gopher\", " + field + ", "), WireForm.JSON);
        Reading envelope = read(ENVELOPE.replace("\"data\": {", "\"data\": {" + field + ", "), WireForm.CLOUD_EVENT);

        // Then
        assertEquals(new Unkeepable(reason), json);
        assertEquals(new Unkeepable(reason), envelope);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "specversion": "1.0"         | "specversion": "0.3" | CloudEvent is not of specversion 1.0
            tocsin.download.observed     | com.example.other    | CloudEvent is not of type tocsin.download.observed
            "data"                       | "data_base64"        | CloudEvent has no JSON object as data
            """)
    void refusesAnEnvelopeOfSomethingElse(String part, String instead, String reason) {
        assertEquals(new Unreadable(reason), read(ENVELOPE.replace(part, instead), WireForm.CLOUD_EVENT));
    }

    /** The good {@code token_id} in the data does not help. */
    @ParameterizedTest(name = "{2}: {0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "specversion": "1.0"         | "specversion": "0.3", "data2": {"token_id": "npm_rawToken"} | token id must be the SHA-256 of the token: 64 lower-case hexadecimal digits
            tocsin.download.observed     | com.example.other", "token_id": "npm_rawToken               | token id must be the SHA-256 of the token: 64 lower-case hexadecimal digits
            "data": {"ecosystem": "npm"  | "data": [{"token_id": "npm_rawToken"}], "other": {"a": "b"  | token id must be the SHA-256 of the token: 64 lower-case hexadecimal digits
            "partitionkey": "any"        | "authorization": "Bearer npm_rawToken"                      | event has a field that is called like a secret
            "partitionkey": "any"        | "npmToken": "npm_rawToken"                                  | event has a field that is called like a secret
            "data": {"ecosystem": "npm"  | "data": "{\\"token_id\\": \\"npm_rawToken\\"}", "other": {"a": "b" | CloudEvent has no JSON object as data
            "data": {"ecosystem": "npm"  | "data_base64": "eyJUb2tlbiI6Im5wbV9yYXdUb2tlbiJ9", "other": {"a": "b" | CloudEvent has no JSON object as data
            """)
    void looksForSecretsInTheWholeEnvelopeBeforeAnythingElse(String part, String instead, String reason) {
        assertEquals(new Unkeepable(reason), read(ENVELOPE.replace(part, instead), WireForm.CLOUD_EVENT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"token_id": "npm_rawToken", "token_id": "npm_rawToken"} | value is no JSON that is read here
            {"token_id": "npm_rawToken",}                            | value is no JSON that is read here
            {"Authorization": "Bearer npm_rawToken"                  | value is no JSON that is read here
            password=hunter2                                         | value is no JSON that is read here
            """)
    void keepsNothingOfWhatIsNoJsonAndMayHoldASecret(String text, String reason) {
        assertEquals(new Unkeepable(reason), read(text, WireForm.JSON));
        assertEquals(new Unkeepable(reason), read(text, WireForm.CLOUD_EVENT));
    }

    @Test
    void keepsNothingOfASecretThatIsTooLongOrInAnotherEncodingOrWithoutItsHeader() {
        // Given
        String shown = "  {\"token\": \"npm_rawToken\"}";

        // When
        Reading wide = reader.read(shown.getBytes(UTF_16LE), WireForm.JSON, RECEIVED_AT);
        Reading large = read(shown + " ".repeat(JsonText.MAX_BYTES), WireForm.JSON);
        Reading withoutHeader = read(shown, WireForm.AVRO);

        // Then
        assertInstanceOf(Unkeepable.class, wide);
        assertInstanceOf(Unkeepable.class, large);
        assertInstanceOf(Unkeepable.class, withoutHeader);
        assertInstanceOf(Unreadable.class, read("{\"a\": 1}", WireForm.AVRO));
    }

    @Test
    void refusesWhatIsTooLargeOrNoUtf8() {
        // Given
        String large = NAMED.replace("3.3.6", "3".repeat(JsonText.MAX_BYTES));

        // When
        Reading tooLarge = read(large, WireForm.JSON);
        Reading latin = reader.read(NAMED.replace("proxy-1", "é").getBytes(ISO_8859_1), WireForm.JSON, RECEIVED_AT);

        // Then
        assertEquals(new Unreadable("JSON has " + large.length() + " bytes, at most 65536 are read"), tooLarge);
        assertEquals(new Unreadable("JSON is not in UTF-8"), latin);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            -                                              | AVRO
            application/avro                               | AVRO
            text/plain                                     | AVRO
            application/json                               | JSON
            Application/JSON; charset=UTF-8                | JSON
            application/cloudevents+json; charset=UTF-8    | CLOUD_EVENT
            """)
    void tellsTheFormByTheContentType(String contentType, WireForm form) {
        assertEquals(form, WireForm.of(Optional.ofNullable(contentType)));
    }

    /** The page's examples are read as they stand there. */
    @Test
    void theEventsPageShowsWhatIsRead() throws IOException {
        // Given
        String page = Files.readString(Path.of("../docs/events.md"));
        Matcher examples = Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL).matcher(page);
        int read = 0;

        while (examples.find()) {
            // When
            String example = examples.group(1);
            WireForm form = example.contains("specversion") ? WireForm.CLOUD_EVENT : WireForm.JSON;
            Reading reading = read(example, form);

            // Then
            assertInstanceOf(Observed.class, reading, example);
            read++;
        }
        assertEquals(3, read);
    }

    private Reading read(String json, WireForm form) {
        return reader.read(json.getBytes(UTF_8), form, RECEIVED_AT);
    }
}
