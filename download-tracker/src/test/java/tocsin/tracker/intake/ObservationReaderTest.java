package tocsin.tracker.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.tracker.Samples;
import tocsin.tracker.artifact.Coordinates;
import tocsin.tracker.intake.Reading.Observed;
import tocsin.tracker.intake.Reading.Unkeepable;
import tocsin.tracker.intake.Reading.Unreadable;

class ObservationReaderTest {

    private static final Instant RECEIVED_AT = Samples.FETCHED_AT.plusSeconds(2);

    private final ObservationReader reader = new ObservationReader();

    @Test
    void readsARequest() {
        // When
        Reading reading = reader.read(Samples.encoded(Samples.observed()), RECEIVED_AT);

        // Then
        Observation observation = assertInstanceOf(Observed.class, reading).observation();
        assertEquals(Optional.of("req-1"), observation.eventId());
        assertEquals("verdaccio-eu", observation.source());
        assertEquals(Samples.FETCHED_AT, observation.fetchedAt());
        assertInstanceOf(Fetch.Requested.class, observation.fetch());
    }

    @Test
    void readsCoordinatesAndNormalisesTheNameAsItsEcosystemDoes() {
        // Given
        DownloadObserved.Builder message = named("pypi", "Flask_SQLAlchemy", "3.1.1");

        // When
        Reading reading = reader.read(Samples.encoded(message), RECEIVED_AT);

        // Then
        assertEquals(
                new Fetch.Named(new Coordinates(new PackageKey(Ecosystem.PYPI, "flask-sqlalchemy"), "3.1.1")),
                assertInstanceOf(Observed.class, reading).observation().fetch());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refusesWhatDoesNotFitTogether(String reason, UnaryOperator<DownloadObserved.Builder> change) {
        // When
        Reading reading = reader.read(Samples.encoded(change.apply(Samples.observed())), RECEIVED_AT);

        // Then
        assertEquals(new Unreadable(reason), reading);
    }

    static Stream<Arguments> refusesWhatDoesNotFitTogether() {
        return Stream.of(
                row("unknown source_kind", it -> it.setSourceKind("gopher")),
                row("request without source_kind", it -> it.setSourceKind(null)),
                row("both coordinates and request are given", it -> it.setEcosystem("npm")),
                row(
                        "neither request nor all of ecosystem, package_name and version are given",
                        it -> it.setRequest(null)),
                row(
                        "neither request nor all of ecosystem, package_name and version are given",
                        it -> it.setRequest(null).setEcosystem("npm").setPackageName("a")),
                row("unknown ecosystem", _ -> named("maven", "a", "1")),
                row("package name must have 1 to 256 characters, has 257", _ -> named("npm", "a".repeat(257), "1")),
                row("version must have 1 to 256 characters, has 0", _ -> named("npm", "a", "")),
                row("version must have 1 to 256 characters, has 257", _ -> named("npm", "a", "1".repeat(257))),
                row("version holds white space or control characters", _ -> named("npm", "a", "1 2")),
                row("source must have 1 to 128 characters, has 0", it -> it.setSource("")),
                row("source must have 1 to 128 characters, has 129", it -> it.setSource("s".repeat(129))),
                row("source holds control characters", it -> it.setSource("a\nb")),
                row("event_id must have 1 to 256 characters, has 257", it -> it.setEventId("e".repeat(257))),
                row("origin_registry is not a host", it -> it.setOriginRegistry("https://registry.example.org/")),
                row(
                        "organisation id must have 1 to 128 letters, digits, '_', '-' or '.'",
                        it -> it.setOrgId("acme corp")),
                row(
                        "principal of an unknown type",
                        it -> it.setPrincipal(Principal.newBuilder(Samples.ci())
                                .setType(PrincipalType.UNKNOWN)
                                .build())),
                row(
                        "principal id must have 1 to 256 characters, has 257",
                        it -> it.setPrincipal(Principal.newBuilder(Samples.ci())
                                .setId("p".repeat(257))
                                .build())),
                row(
                        "fetched_at is before the year 2000: it is in milliseconds since the epoch",
                        it -> it.setFetchedAt(Instant.ofEpochMilli(Samples.FETCHED_AT.getEpochSecond()))),
                row(
                        "fetched_at is more than a day ahead: it is in milliseconds since the epoch",
                        it -> it.setFetchedAt(
                                RECEIVED_AT.plus(Duration.ofDays(1)).plusMillis(1))));
    }

    @Test
    void asksThatNobodyKeepWhatMayBeATokenItselfWhateverElseIsWrong() {
        // When
        Reading reading = reader.read(
                Samples.encoded(Samples.observed()
                        .setTokenId("npm_rawToken")
                        .setSource("")
                        .setSourceKind("gopher")
                        .setFetchedAt(Instant.EPOCH)),
                RECEIVED_AT);

        // Then
        assertEquals(
                new Unkeepable("token id must be the SHA-256 of the token: 64 lower-case hexadecimal digits"), reading);
    }

    private static Arguments row(String reason, UnaryOperator<DownloadObserved.Builder> change) {
        return Arguments.of(reason, change);
    }

    @Test
    void refusesARecordWithoutValue() {
        assertEquals(new Unreadable("record has no value"), reader.read(null, RECEIVED_AT));
    }

    @Test
    void refusesBytesThatAreNoMessage() {
        assertInstanceOf(Unreadable.class, reader.read("hello".getBytes(StandardCharsets.UTF_8), RECEIVED_AT));
    }

    @Test
    void refusesAMessageThatWasCutOffAnywhere() {
        // Given
        byte[] whole = Samples.encoded(Samples.observed());

        for (int length = 0; length < whole.length; length++) {
            // When
            Reading reading = reader.read(Arrays.copyOf(whole, length), RECEIVED_AT);

            // Then
            assertInstanceOf(Unreadable.class, reading, "cut to " + length + " bytes");
        }
    }

    private static DownloadObserved.Builder named(String ecosystem, String name, String version) {
        return Samples.observed()
                .setRequest(null)
                .setSourceKind(null)
                .setEcosystem(ecosystem)
                .setPackageName(name)
                .setVersion(version);
    }
}
