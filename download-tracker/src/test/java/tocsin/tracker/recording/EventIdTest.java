package tocsin.tracker.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Instant;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.tracker.Samples;
import tocsin.tracker.intake.ObservationReader;
import tocsin.tracker.intake.Reading;

class EventIdTest {

    /** Written down at the first release: downstream knows repeats by these, so they never change. */
    @Test
    void staysTheSameFromReleaseToRelease() {
        assertEquals(UUID.fromString("678c8ca8-79a5-8852-9c8c-5a675d357dab"), id(Samples.observed()));
        assertEquals(UUID.fromString("82f8c699-9212-852f-83c6-1bdf9ab62f68"), id(withoutId()));
    }

    @Test
    void goesByTheSourcesOwnIdAlone() {
        // Given
        DownloadObserved.Builder again = Samples.observed()
                .setFetchedAt(Samples.FETCHED_AT.plusSeconds(60))
                .setRequest(Samples.request("GET", "/a/-/a-1.0.0.tgz", 200));

        // When
        UUID id = id(again);

        // Then
        assertEquals(id(Samples.observed()), id);
    }

    @Test
    void tellsTheSameIdOfTwoSourcesApart() {
        assertNotEquals(id(Samples.observed()), id(Samples.observed().setSource("verdaccio-us")));
    }

    @Test
    void takesAnIdForNoFact() {
        // Given a source that gives as its id what the facts of another request begin with
        DownloadObserved.Builder crafty = Samples.observed().setEventId("facts");

        // When
        UUID id = id(crafty);

        // Then
        assertNotEquals(id(withoutId()), id);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void goesByEveryFactWithoutAnId(String fact, UnaryOperator<DownloadObserved.Builder> change) {
        // When
        UUID id = id(change.apply(withoutId()));

        // Then
        assertNotEquals(id(withoutId()), id, fact);
    }

    static Stream<Arguments> goesByEveryFactWithoutAnId() {
        return Stream.of(
                row("source", it -> it.setSource("verdaccio-us")),
                row("time", it -> it.setFetchedAt(Samples.FETCHED_AT.plusMillis(1))),
                row("path", it -> it.setRequest(Samples.request("GET", "/event-stream/-/event-stream-3.3.5.tgz", 200))),
                row(
                        "status",
                        it -> it.setRequest(Samples.request("GET", "/event-stream/-/event-stream-3.3.6.tgz", 302))),
                row(
                        "named",
                        it -> it.setRequest(null)
                                .setEcosystem("npm")
                                .setPackageName("event-stream")
                                .setVersion("3.3.6")),
                row("origin", it -> it.setOriginRegistry("registry.example.org")),
                row("organisation", it -> it.setOrgId("globex")),
                row("token", it -> it.setTokenId(Samples.TOKEN_ID)),
                row(
                        "principal",
                        it -> it.setPrincipal(Principal.newBuilder(Samples.ci())
                                .setId("bot-2")
                                .build())));
    }

    private static Arguments row(String fact, UnaryOperator<DownloadObserved.Builder> change) {
        return Arguments.of(fact, change);
    }

    @Test
    void doesNotGoByWhatAPrincipalIsCalled() {
        // Given
        DownloadObserved.Builder renamed = withoutId()
                .setPrincipal(
                        Principal.newBuilder(Samples.ci()).setName("renamed").build());

        // When
        UUID id = id(renamed);

        // Then
        assertEquals(id(withoutId()), id);
    }

    private static DownloadObserved.Builder withoutId() {
        return Samples.observed().setEventId(null);
    }

    private static UUID id(DownloadObserved.Builder observed) {
        Instant receivedAt = Samples.FETCHED_AT.plusSeconds(90);
        Reading reading = new ObservationReader().read(Samples.encoded(observed), receivedAt);
        return EventId.of(assertInstanceOf(Reading.Observed.class, reading).observation());
    }
}
