package tocsin.tracker.intake;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.tracker.artifact.Coordinates;
import tocsin.tracker.artifact.ProxyRequest;
import tocsin.tracker.artifact.SourceKind;
import tocsin.tracker.identity.Claim;
import tocsin.tracker.identity.PrincipalMessage;
import tocsin.tracker.intake.Reading.Observed;
import tocsin.tracker.intake.Reading.Unkeepable;
import tocsin.tracker.intake.Reading.Unreadable;

/** Reads {@link DownloadObserved}. Safe for use by many threads. */
public final class ObservationReader {

    /** Before any package registry that Tocsin knows; zero, or seconds in place of milliseconds, fall below it. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    /** More than a source's clock or time zone is ever wrong by; microseconds in place of milliseconds are beyond it. */
    private static final Duration MOST_AHEAD = Duration.ofDays(1);

    private final MessageCodec<DownloadObserved> codec = MessageCodec.of(DownloadObserved.class);
    private final Optional<ConfluentFraming> framing;

    /** Without a schema registry: Confluent's framing is not read. */
    public ObservationReader() {
        this.framing = Optional.empty();
    }

    public ObservationReader(WriterSchemas schemas) {
        this.framing = Optional.of(new ConfluentFraming(schemas));
    }

    /**
     * @param value the record's
     * @param receivedAt {@code fetched_at} may be at most a day later
     * @throws RegistryUnavailableException if nobody can tell what schema the value was written with
     */
    public Reading read(byte @Nullable [] value, WireForm form, Instant receivedAt) {
        if (value == null) {
            return new Unreadable("record has no value");
        }
        try {
            return check(
                    switch (form) {
                        case AVRO -> startsAsJson(value) ? DownloadJson.read(value, WireForm.JSON) : decoded(value);
                        case JSON, CLOUD_EVENT -> DownloadJson.read(value, form);
                    },
                    receivedAt);
        } catch (TokenShownException e) {
            return new Unkeepable(String.valueOf(e.getMessage()));
        } catch (UndecodableMessageException | IllegalArgumentException e) {
            String reason = String.valueOf(e.getMessage());
            return form == WireForm.AVRO && isJsonWithoutItsHeader(value) && ShownSecret.mayStandIn(value)
                    ? new Unkeepable(reason)
                    : new Unreadable(reason);
        }
    }

    /** Many log shippers write no headers. A message in Avro starts with other bytes, in either framing. */
    private static boolean startsAsJson(byte[] value) {
        for (byte each : value) {
            if (each != ' ' && each != '\t' && each != '\n' && each != '\r') {
                return each == '{';
            }
        }
        return false;
    }

    /** However it is encoded; asked only of what is no message in Avro. */
    private static boolean isJsonWithoutItsHeader(byte[] value) {
        for (byte each : value) {
            if (each > ' ') {
                return each == '{' || each == '[';
            }
        }
        return false;
    }

    private DownloadObserved decoded(byte[] value) {
        return framing.filter(_ -> ConfluentFraming.isOf(value) && value.length <= MessageCodec.MAX_MESSAGE_BYTES)
                .map(confluent -> confluent.decode(value))
                .orElseGet(() -> codec.decode(value));
    }

    /** As {@link #read} of a value in Avro. */
    public Reading read(byte @Nullable [] value, Instant receivedAt) {
        return read(value, WireForm.AVRO, receivedAt);
    }

    /** Whether the parts of a message fit together. */
    Reading check(DownloadObserved message, Instant receivedAt) {
        // Before anything else: whatever more is wrong with it, it may hold a secret.
        Optional<String> fault = faultOfTokenId(message);
        if (fault.isPresent()) {
            return new Unkeepable(fault.get());
        }
        try {
            return new Observed(observation(message, receivedAt));
        } catch (IllegalArgumentException e) {
            return new Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<String> faultOfTokenId(DownloadObserved message) {
        try {
            message.getTokenId().ifPresent(Audience.Token::new);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static Observation observation(DownloadObserved message, Instant receivedAt) {
        Instant fetchedAt = message.getFetchedAt();
        if (fetchedAt.isBefore(EARLIEST)) {
            throw new IllegalArgumentException(
                    "fetched_at is before the year 2000: it is in milliseconds since the epoch");
        }
        if (fetchedAt.isAfter(receivedAt.plus(MOST_AHEAD))) {
            throw new IllegalArgumentException(
                    "fetched_at is more than a day ahead: it is in milliseconds since the epoch");
        }
        return new Observation(
                message.getEventId(),
                message.getSource(),
                fetchedAt,
                fetch(message),
                message.getOriginRegistry()
                        .or(() -> message.getSourceKind()
                                .flatMap(SourceKind::ofWireName)
                                .flatMap(SourceKind::ownRegistry)),
                new Claim(
                        message.getOrgId().map(Audience.Organisation::new),
                        message.getPrincipal().map(PrincipalMessage::read),
                        message.getTokenId().map(Audience.Token::new)));
    }

    private static Fetch fetch(DownloadObserved message) {
        Optional<String> ecosystem = message.getEcosystem();
        Optional<String> name = message.getPackageName();
        Optional<String> version = message.getVersion();
        boolean complete = ecosystem.isPresent() && name.isPresent() && version.isPresent();
        boolean absent = ecosystem.isEmpty() && name.isEmpty() && version.isEmpty();
        if (message.getRequest().isPresent()) {
            if (!absent) {
                throw new IllegalArgumentException("both coordinates and request are given");
            }
            var request = message.getRequest().get();
            return new Fetch.Requested(
                    kind(message.getSourceKind()),
                    new ProxyRequest(
                            request.getMethod(),
                            request.getPath(),
                            request.getStatus(),
                            request.getBytes().map(OptionalLong::of).orElse(OptionalLong.empty())));
        }
        if (!complete) {
            throw new IllegalArgumentException(
                    "neither request nor all of ecosystem, package_name and version are given");
        }
        Ecosystem known = Ecosystem.ofWireName(ecosystem.get())
                .orElseThrow(() -> new IllegalArgumentException("unknown ecosystem"));
        return new Fetch.Named(new Coordinates(new PackageKey(known, name.get()), version.get()));
    }

    private static SourceKind kind(Optional<String> name) {
        return name.flatMap(SourceKind::ofWireName)
                .orElseThrow(() -> new IllegalArgumentException(
                        name.isPresent() ? "unknown source_kind" : "request without source_kind"));
    }
}
