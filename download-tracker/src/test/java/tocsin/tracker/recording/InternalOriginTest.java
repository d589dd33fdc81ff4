package tocsin.tracker.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.tracker.Samples;
import tocsin.tracker.artifact.DownloadRule;
import tocsin.tracker.artifact.PublicRegistry;
import tocsin.tracker.artifact.RepositoryRules;
import tocsin.tracker.artifact.SourceRules;
import tocsin.tracker.identity.Attribution;
import tocsin.tracker.intake.ObservationReader;
import tocsin.tracker.intake.WireForm;
import tocsin.tracker.recording.RecordingOutcome.Recorded;

/** A package of one's own is recorded with where it came from, so that a public namesake does not ring for it. */
class InternalOriginTest {

    private static final Instant RECEIVED_AT = Samples.FETCHED_AT.plusSeconds(2);

    /** Nexus and Artifactory serve the organisation's own packages beside the public ones, by paths that name the repository. */
    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @CsvSource(nullValues = "-", textBlock = """
            nexus-eu, nexus,       /repository/npm-hosted/acme-utils/-/acme-utils-1.0.0.tgz,              -,         npm-hosted
            nexus-eu, nexus,       /repository/npm-proxy/acme-utils/-/acme-utils-1.0.0.tgz,               -,         -
            nexus-us, nexus,       /repository/npm-hosted/acme-utils/-/acme-utils-1.0.0.tgz,              -,         -
            nexus-eu, nexus,       /repository/npm-hosted/acme-utils/-/acme-utils-1.0.0.tgz,              npmjs.org, -
            nexus-eu, nexus,       /repository/npm-proxy/acme-utils/-/acme-utils-1.0.0.tgz,               a.example, a.example
            any,      artifactory, /artifactory/api/npm/npmjs.org/acme-utils/-/acme-utils-1.0.0.tgz,      -,         npmjs.org
            any,      artifactory, /artifactory/api/npm/npm-remote/acme-utils/-/acme-utils-1.0.0.tgz,     -,         -
            """)
    void takesWhatAnInternalRepositoryServedForInternal(
            String source, String kind, String path, String said, String origin) {
        // Given
        DownloadRecorder told = new DownloadRecorder(
                new ObservationReader(),
                new DownloadRule(new SourceRules(
                        List.of(),
                        List.of(),
                        new RepositoryRules(
                                List.of(),
                                List.of("nexus-eu/npm-hosted", "artifactory/npmjs.org"),
                                List.of(),
                                List.of()))),
                new Attribution(_ -> Optional.empty()),
                new PublicRegistry(List.of()));

        for (int status : List.of(200, 206)) {
            // When
            RecordingOutcome outcome = told.record(
                    Samples.encoded(Samples.observed()
                            .setSource(source)
                            .setSourceKind(kind)
                            .setOriginRegistry(said)
                            .setRequest(Samples.request("GET", path, status))),
                    WireForm.AVRO,
                    RECEIVED_AT);

            // Then
            DownloadRecorded download =
                    assertInstanceOf(Recorded.class, outcome).download();
            assertEquals(Optional.ofNullable(origin), download.getOriginRegistry());
        }
    }

    /** Verdaccio's paths name no repository, so its own packages are told by their names; devpi's indexes are its repositories. */
    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @CsvSource(nullValues = "-", textBlock = """
            verdaccio-eu, verdaccio, /@acme/shop/-/shop-1.0.0.tgz,                        -,         verdaccio-eu
            verdaccio-eu, verdaccio, /@acme%2fshop/-/shop-1.0.0.tgz,                      -,         verdaccio-eu
            verdaccio-eu, verdaccio, /@acme/shop/-/shop-1.0.0.tgz,                        npmjs.org, -
            verdaccio-eu, verdaccio, /@acmeother/shop/-/shop-1.0.0.tgz,                   -,         -
            verdaccio-eu, verdaccio, /shop-tools/-/shop-tools-1.0.0.tgz,                  -,         verdaccio-eu
            verdaccio-eu, verdaccio, /shop-tools-2/-/shop-tools-2-1.0.0.tgz,              -,         -
            verdaccio-us, verdaccio, /shop-tools/-/shop-tools-1.0.0.tgz,                  -,         -
            verdaccio-us, verdaccio, /@acme/shop/-/shop-1.0.0.tgz,                        -,         verdaccio-us
            devpi-eu,     devpi,     /acme/dev/+f/0ab/55f98ef22f7b6/flask-3.0.0.tar.gz,   -,         acme/dev
            devpi-eu,     devpi,     /mirror/pypi/+f/0ab/55f98ef22f7b6/flask-3.0.0.tar.gz,  -,         -
            devpi-eu,     devpi,     /mirror/pypi/+f/0ab/55f98ef22f7b6/Acme.Shop-3.0.0.tar.gz, -,      devpi-eu
            """)
    void takesForInternalWhatOperatorsSayIs(String source, String kind, String path, String said, String origin) {
        // Given
        DownloadRecorder told = new DownloadRecorder(
                new ObservationReader(),
                new DownloadRule(new SourceRules(
                        List.of(),
                        List.of(),
                        new RepositoryRules(
                                List.of(),
                                List.of("devpi/acme/dev"),
                                List.of(),
                                List.of("verdaccio=@acme/*", "verdaccio-eu=shop-tools", "devpi=acme_*")))),
                new Attribution(_ -> Optional.empty()),
                new PublicRegistry(List.of()));

        // When
        RecordingOutcome outcome = told.record(
                Samples.encoded(Samples.observed()
                        .setSource(source)
                        .setSourceKind(kind)
                        .setOriginRegistry(said)
                        .setRequest(Samples.request("GET", path, 200))),
                WireForm.AVRO,
                RECEIVED_AT);

        // Then
        DownloadRecorded download = assertInstanceOf(Recorded.class, outcome).download();
        assertEquals(Optional.ofNullable(origin), download.getOriginRegistry());
    }

    @Test
    void takesForInternalByItsNameAlsoWhatASourceToldWithoutARequest() {
        // Given
        DownloadRecorder told = new DownloadRecorder(
                new ObservationReader(),
                new DownloadRule(new SourceRules(
                        List.of(),
                        List.of(),
                        new RepositoryRules(List.of(), List.of(), List.of(), List.of("verdaccio-eu=event-stream")))),
                new Attribution(_ -> Optional.empty()),
                new PublicRegistry(List.of()));

        // When
        RecordingOutcome outcome = told.record(
                Samples.encoded(Samples.observed()
                        .setRequest(null)
                        .setEcosystem("npm")
                        .setPackageName("event-stream")
                        .setVersion("3.3.6")),
                WireForm.AVRO,
                RECEIVED_AT);

        // Then
        assertEquals(
                Optional.of("verdaccio-eu"),
                assertInstanceOf(Recorded.class, outcome).download().getOriginRegistry());
    }
}
