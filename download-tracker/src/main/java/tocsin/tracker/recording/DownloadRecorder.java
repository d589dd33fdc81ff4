package tocsin.tracker.recording;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Audience;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.tracker.artifact.ArtifactOutcome;
import tocsin.tracker.artifact.Coordinates;
import tocsin.tracker.artifact.DownloadRule;
import tocsin.tracker.artifact.DropReason;
import tocsin.tracker.artifact.ProxyRequest;
import tocsin.tracker.artifact.PublicRegistry;
import tocsin.tracker.artifact.SourceKind;
import tocsin.tracker.identity.Attribution;
import tocsin.tracker.identity.AttributionOutcome;
import tocsin.tracker.identity.Principal;
import tocsin.tracker.identity.PrincipalMessage;
import tocsin.tracker.identity.TokenRegistration;
import tocsin.tracker.intake.Fetch;
import tocsin.tracker.intake.Observation;
import tocsin.tracker.intake.ObservationReader;
import tocsin.tracker.intake.Reading;
import tocsin.tracker.intake.WireForm;
import tocsin.tracker.recording.RecordingOutcome.Dropped;
import tocsin.tracker.recording.RecordingOutcome.Fault;
import tocsin.tracker.recording.RecordingOutcome.Quarantined;
import tocsin.tracker.recording.RecordingOutcome.Recorded;
import tocsin.tracker.recording.RecordingOutcome.Waiting;

/**
 * What becomes of one observed request: is it a download, of what, whose. The same bytes received at the same time give the same outcome as long
 * as the same is known of the token that they name.
 */
final class DownloadRecorder {

    /** In place of a source where none could be read. */
    static final String NO_SOURCE = "unknown";

    private static final String ANONYMOUS = "anonymous";

    private final ObservationReader reader;
    private final Attribution attribution;
    private final PublicRegistry publicRegistry;
    private final DownloadRule rule;

    /**
     * @param identity what the event's id is made of
     * @param origin where it came from; empty: the ecosystem's public registry
     */
    private record Found(Observation identity, Coordinates coordinates, Optional<String> origin) {}

    DownloadRecorder(
            ObservationReader reader, DownloadRule rule, Attribution attribution, PublicRegistry publicRegistry) {
        this.reader = reader;
        this.rule = rule;
        this.attribution = attribution;
        this.publicRegistry = publicRegistry;
    }

    RecordingOutcome record(byte @Nullable [] observed, WireForm form, Instant receivedAt) {
        return switch (reader.read(observed, form, receivedAt)) {
            case Reading.Unreadable(String reason) -> new Quarantined(NO_SOURCE, Fault.UNREADABLE, reason);
            case Reading.Unkeepable(String reason) -> new Quarantined(NO_SOURCE, Fault.TOKEN_SHOWN, reason);
            case Reading.Observed(Observation observation) -> record(observation, receivedAt);
        };
    }

    private RecordingOutcome record(Observation observation, Instant receivedAt) {
        ArtifactOutcome artifact = switch (observation.fetch()) {
            case Fetch.Named(Coordinates coordinates) -> new ArtifactOutcome.Download(coordinates);
            case Fetch.Requested requested -> rule.outcome(observation.source(), requested.kind(), requested.request());
        };
        return switch (artifact) {
            case ArtifactOutcome.Download(Coordinates coordinates) ->
                attribute(observation, found(observation, observation, coordinates), receivedAt);
            case ArtifactOutcome.Part(Coordinates coordinates) ->
                // Only the id is that of its minute: whoever is told by time needs the time that is true.
                attribute(
                        observation,
                        found(observation, observation.asOneOfItsMinute(coordinates), coordinates),
                        receivedAt);
            case ArtifactOutcome.NotADownload(DropReason reason) -> new Dropped(observation.source(), reason.label());
            case ArtifactOutcome.Unknown(String reason) ->
                new Quarantined(observation.source(), Fault.UNKNOWN_SHAPE, reason);
        };
    }

    private Found found(Observation observation, Observation identity, Coordinates coordinates) {
        return new Found(identity, coordinates, origin(observation, coordinates));
    }

    /** What the source says comes first: it may know better than what was configured of it. */
    private Optional<String> origin(Observation observation, Coordinates coordinates) {
        String source = observation.source();
        PackageKey packageKey = coordinates.packageKey();
        if (observation.originRegistry().isPresent()) {
            return publicRegistry.internalOrigin(packageKey.ecosystem(), observation.originRegistry());
        }
        return switch (observation.fetch()) {
            case Fetch.Named _ -> rule.internalOrigin(source, packageKey);
            case Fetch.Requested(SourceKind kind, ProxyRequest request) ->
                rule.internalOrigin(source, kind, request, packageKey);
        };
    }

    private RecordingOutcome attribute(Observation observation, Found found, Instant receivedAt) {
        String source = observation.source();
        return switch (attribution.of(observation.claim(), earlier(observation.fetchedAt(), receivedAt))) {
            case AttributionOutcome.Attributed(Audience audience, Principal principal) ->
                new Recorded(
                        RecordKeys.downloadRecorded(
                                audience, found.coordinates().packageKey()),
                        message(observation, found, receivedAt, audience, principal));
            case AttributionOutcome.Anonymous() -> new Dropped(source, ANONYMOUS);
            case AttributionOutcome.UnknownToken(Audience.Token token, Optional<TokenRegistration> known) ->
                new Waiting(source, new Awaited.Registration(token, known));
            case AttributionOutcome.FormerHolders() ->
                new Quarantined(source, Fault.FORMER_HOLDER, "fetched before the token was its present holder's");
            case AttributionOutcome.Contradictory(String reason) ->
                new Quarantined(source, Fault.CONTRADICTORY, reason);
        };
    }

    /** A source's clock that is ahead must not make a download the next holder's. */
    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static DownloadRecorded message(
            Observation observation, Found found, Instant receivedAt, Audience audience, Principal principal) {
        Coordinates coordinates = found.coordinates();
        // In the schema's order. The builder would look up every field and copy every default, for each download.
        return new DownloadRecorded(
                EventId.of(found.identity()).toString(),
                observation.source(),
                coordinates.packageKey().ecosystem().wireName(),
                coordinates.packageKey().name(),
                coordinates.version(),
                observation.fetchedAt(),
                receivedAt,
                audience.text(),
                PrincipalMessage.write(principal),
                found.origin().orElse(null));
    }
}
