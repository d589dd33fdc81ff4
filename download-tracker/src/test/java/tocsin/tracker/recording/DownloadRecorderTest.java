package tocsin.tracker.recording;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Audience;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.tracker.Samples;
import tocsin.tracker.artifact.DownloadRule;
import tocsin.tracker.artifact.PublicRegistry;
import tocsin.tracker.artifact.SourceRules;
import tocsin.tracker.identity.Attribution;
import tocsin.tracker.identity.PrincipalMessage;
import tocsin.tracker.identity.TokenRegistration;
import tocsin.tracker.intake.ObservationReader;
import tocsin.tracker.intake.WireForm;
import tocsin.tracker.recording.RecordingOutcome.Dropped;
import tocsin.tracker.recording.RecordingOutcome.Fault;
import tocsin.tracker.recording.RecordingOutcome.Quarantined;
import tocsin.tracker.recording.RecordingOutcome.Recorded;
import tocsin.tracker.recording.RecordingOutcome.Waiting;

class DownloadRecorderTest {

    private static final Instant RECEIVED_AT = Samples.FETCHED_AT.plusSeconds(2);

    private final Map<Audience.Token, TokenRegistration> tokens = new HashMap<>();
    private final DownloadRecorder recorder = new DownloadRecorder(
            new ObservationReader(),
            new DownloadRule(SourceRules.NONE),
            new Attribution(token -> Optional.ofNullable(tokens.get(token))),
            new PublicRegistry(List.of("mirror.example.com")));

    @Test
    void recordsWhatWasFetchedByWhom() {
        // When
        RecordingOutcome outcome = record(Samples.observed().setOriginRegistry("npm.example.org"));

        // Then
        Recorded recorded = assertInstanceOf(Recorded.class, outcome);
        assertEquals("org:acme npm:event-stream", recorded.key());
        assertEquals(
                DownloadRecorded.newBuilder()
                        .setEventId(recorded.download().getEventId())
                        .setSource("verdaccio-eu")
                        .setEcosystem("npm")
                        .setPackageName("event-stream")
                        .setVersion("3.3.6")
                        .setFetchedAt(Samples.FETCHED_AT)
                        .setReceivedAt(RECEIVED_AT)
                        .setAudience("org:acme")
                        .setPrincipal(Samples.ci())
                        .setOriginRegistry("npm.example.org")
                        .build(),
                recorded.download());
    }

    @ParameterizedTest
    @CsvSource({"npmjs.org", "any.npmjs.org:443", "mirror.example.com"})
    void doesNotTakeThePublicRegistryForAnInternalOne(String host) {
        // When
        RecordingOutcome outcome = record(Samples.observed().setOriginRegistry(host));

        // Then
        DownloadRecorded download = assertInstanceOf(Recorded.class, outcome).download();
        assertEquals(Optional.empty(), download.getOriginRegistry());
    }

    @Test
    void recordsForTheHolderOfAPersonalToken() {
        // Given
        tokens.put(
                new Audience.Token(Samples.TOKEN_ID),
                new TokenRegistration.OfPerson(Optional.empty(), Optional.empty()));

        // When
        RecordingOutcome outcome = record(Samples.observedByToken(Samples.TOKEN_ID));

        // Then
        DownloadRecorded download = assertInstanceOf(Recorded.class, outcome).download();
        assertEquals("token:" + Samples.TOKEN_ID, download.getAudience());
        assertEquals(PrincipalType.HUMAN, download.getPrincipal().getType());
        assertEquals(Optional.empty(), download.getPrincipal().getEmail());
    }

    /** A log that is read again must not tell whoever has the token now what another fetched by it, whatever a source's clock says. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            fetched and received before,     -2, -1, false
            received before its clock says,   1, -1, false
            shipped later,                   -1,  1, false
            fetched and received since,       0,  0, true
            """)
    void recordsForTheHolderOfATokenOnlyWhatWasFetchedSinceTheyHaveIt(
            String when, int fetched, int received, boolean theirs) {
        // Given
        Instant since = Samples.FETCHED_AT;
        Principal bot = Samples.ci();
        tokens.put(
                new Audience.Token(Samples.TOKEN_ID),
                new TokenRegistration.OfOrganisation(
                        new Audience.Organisation("globex"), PrincipalMessage.read(bot), Optional.of(since)));

        // When
        RecordingOutcome outcome = recorder.record(
                Samples.encoded(Samples.observedByToken(Samples.TOKEN_ID).setFetchedAt(since.plusSeconds(fetched))),
                WireForm.AVRO,
                since.plusSeconds(received));

        // Then
        if (theirs) {
            assertEquals(
                    "org:globex",
                    assertInstanceOf(Recorded.class, outcome, when).download().getAudience());
        } else {
            assertEquals(
                    new Quarantined(
                            "verdaccio-eu", Fault.FORMER_HOLDER, "fetched before the token was its present holder's"),
                    outcome,
                    when);
        }
    }

    @Test
    void keepsNoRepositoryOfAPersonAndNoAddressOfAMachine() {
        // Given
        Principal overtold =
                Principal.newBuilder(Samples.ci()).setEmail("ann@example.org").build();

        // When
        Recorded ofMachine =
                assertInstanceOf(Recorded.class, record(Samples.observed().setPrincipal(overtold)));
        Recorded ofPerson = assertInstanceOf(
                Recorded.class,
                record(Samples.observed()
                        .setPrincipal(Principal.newBuilder(overtold)
                                .setType(PrincipalType.HUMAN)
                                .build())));

        // Then
        assertEquals(Optional.empty(), ofMachine.download().getPrincipal().getEmail());
        assertEquals(
                Optional.of("acme/shop"), ofMachine.download().getPrincipal().getRepository());
        assertEquals(
                Optional.of("ann@example.org"),
                ofPerson.download().getPrincipal().getEmail());
        assertEquals(Optional.empty(), ofPerson.download().getPrincipal().getRepository());
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            GET,  /event-stream,                           200, metadata
            GET,  /event-stream/-/event-stream-3.3.6.tgz,  304, not_modified
            HEAD, /event-stream/-/event-stream-3.3.6.tgz,  200, method
            GET,  /event-stream/-/event-stream-3.3.6.tgz,  404, client_error
            """)
    void dropsWhatIsNoDownload(String method, String path, int status, String reason) {
        // When
        RecordingOutcome outcome = record(Samples.observed().setRequest(Samples.request(method, path, status)));

        // Then
        assertEquals(new Dropped("verdaccio-eu", reason), outcome);
    }

    @Test
    void dropsWhatIsNobodys() {
        // When
        RecordingOutcome outcome = record(Samples.observed().setOrgId(null).setPrincipal(null));

        // Then
        assertEquals(new Dropped("verdaccio-eu", "anonymous"), outcome);
    }

    @Test
    void asksForATokenOnlyWhenItWasADownload() {
        // When
        RecordingOutcome outcome = record(
                Samples.observedByToken(Samples.TOKEN_ID).setRequest(Samples.request("GET", "/event-stream", 200)));

        // Then
        assertEquals(new Dropped("verdaccio-eu", "metadata"), outcome);
    }

    @Test
    void letsADownloadByAnUnknownTokenWait() {
        // When
        RecordingOutcome outcome = record(Samples.observedByToken(Samples.TOKEN_ID));

        // Then
        assertEquals(
                new Waiting(
                        "verdaccio-eu",
                        new Awaited.Registration(new Audience.Token(Samples.TOKEN_ID), Optional.empty())),
                outcome);
    }

    @Test
    void quarantinesAnUnknownShape() {
        // When
        RecordingOutcome outcome = record(Samples.observed()
                .setRequest(Samples.request("GET", "/event-stream/download/event-stream-3.3.6.tgz", 200)));

        // Then
        assertEquals(
                new Quarantined("verdaccio-eu", Fault.UNKNOWN_SHAPE, "path has no shape of an npm registry"), outcome);
    }

    @Test
    void quarantinesAnOrganisationWithoutPrincipal() {
        // When
        RecordingOutcome outcome = record(Samples.observed().setPrincipal(null));

        // Then
        assertEquals(new Quarantined("verdaccio-eu", Fault.CONTRADICTORY, "organisation without principal"), outcome);
    }

    @Test
    void countsThePartsOfAFileOnceAMinuteForEachClient() {
        // Given
        Instant minute = Samples.FETCHED_AT;

        // When
        DownloadRecorded first = part("req-1", minute.plusSeconds(1), Samples.ci());
        DownloadRecorded second = part("req-2", minute.plusSeconds(59), Samples.ci());
        DownloadRecorded nextMinute = part("req-3", minute.plusSeconds(60), Samples.ci());
        DownloadRecorded another = part(
                "req-4",
                minute.plusSeconds(2),
                Principal.newBuilder(Samples.ci()).setId("bot-2").build());

        // Then
        assertEquals(first.getEventId(), second.getEventId());
        // Each tells its own time: a destination that was saved between the two hears of the second.
        assertEquals(minute.plusSeconds(1), first.getFetchedAt());
        assertEquals(minute.plusSeconds(59), second.getFetchedAt());
        assertEquals(
                DownloadRecorded.newBuilder(first)
                        .setFetchedAt(second.getFetchedAt())
                        .build(),
                second);
        assertEquals(
                3,
                Set.of(first.getEventId(), nextMinute.getEventId(), another.getEventId())
                        .size());
    }

    private DownloadRecorded part(String eventId, Instant fetchedAt, Principal principal) {
        RecordingOutcome outcome = record(Samples.observed()
                .setEventId(eventId)
                .setFetchedAt(fetchedAt)
                .setPrincipal(principal)
                .setRequest(Samples.request("GET", "/event-stream/-/event-stream-3.3.6.tgz", 206)));
        return assertInstanceOf(Recorded.class, outcome).download();
    }

    @Test
    void takesWhatIsOnGithubPackagesForItsOwners() {
        // When
        RecordingOutcome outcome = record(Samples.observed()
                .setSourceKind("github-packages")
                .setRequest(Samples.request("GET", "/download/@octo/hello/1.0.0/" + "ab".repeat(20), 200)));

        // Then
        DownloadRecorded download = assertInstanceOf(Recorded.class, outcome).download();
        assertEquals(Optional.of("npm.pkg.github.com"), download.getOriginRegistry());
    }

    @Test
    void givesTheSameBytesForARepeat() {
        // Given
        MessageCodec<DownloadRecorded> codec = MessageCodec.of(DownloadRecorded.class);
        byte[] observed = Samples.encoded(Samples.observed());

        // When
        Recorded first = assertInstanceOf(Recorded.class, recorder.record(observed, WireForm.AVRO, RECEIVED_AT));
        Recorded again = assertInstanceOf(Recorded.class, recorder.record(observed, WireForm.AVRO, RECEIVED_AT));

        // Then
        assertEquals(first.key(), again.key());
        assertArrayEquals(codec.encode(first.download()), codec.encode(again.download()));
    }

    private RecordingOutcome record(DownloadObserved.Builder observed) {
        return recorder.record(Samples.encoded(observed), WireForm.AVRO, RECEIVED_AT);
    }
}
