package tocsin.sender.endpoint;

import jakarta.inject.Singleton;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.pace.PaceRepository;
import tocsin.sender.signing.SigningSecret;
import tocsin.service.tracing.TraceParent;

/**
 * All that happens to an endpoint, each change with the record that tells of it. To an organisation, another's endpoint does
 * not exist.
 */
@Singleton
public final class EndpointRegistry {

    /** More than anybody sensible needs; it bounds what one organisation can make everybody read. */
    static final int MOST_PER_ORGANISATION = 100;

    private static final Logger LOG = LoggerFactory.getLogger(EndpointRegistry.class);

    /** Where an endpoint leads that has no URL yet; nobody registers it. */
    private static final URI NOWHERE = URI.create("about:blank");

    private final EndpointRepository repository;
    private final SecretRepository secrets;
    private final EndpointHeaders headers;
    private final PaceRepository paces;
    private final DatabaseClient database;
    private final SecretVault vault;
    private final DraftJudgement judgement;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    EndpointRegistry(
            EndpointRepository repository,
            SecretRepository secrets,
            EndpointHeaders headers,
            PaceRepository paces,
            DatabaseClient database,
            SecretVault vault,
            UrlRules urls,
            Clock clock) {
        this.repository = repository;
        this.secrets = secrets;
        this.headers = headers;
        this.paces = paces;
        this.database = database;
        this.vault = vault;
        this.judgement = new DraftJudgement(urls);
        this.clock = clock;
    }

    /** What came of a registration. */
    sealed interface Registration {

        /** @param secret to be shown now; nobody can show it again */
        record Registered(Endpoint endpoint, SigningSecret secret) implements Registration {}

        /** @param reason a sentence for the owner */
        record Refused(String reason) implements Registration {}

        record TooMany(int limit) implements Registration {}
    }

    /** @param draft with a URL; all else has a default */
    Registration register(String orgId, EndpointDraft draft) {
        Endpoint blank = new Endpoint(
                EndpointId.generate(random),
                orgId,
                NOWHERE,
                "",
                List.of(),
                EndpointFormat.STANDARD,
                false,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
        return switch (judgement.of(draft, blank)) {
            case DraftJudgement.Refused(String reason) -> new Registration.Refused(reason);
            case DraftJudgement.Accepted(Endpoint endpoint) ->
                switch (EndpointHeaders.judge(draft.headers().orElseGet(Map::of), Map.of())) {
                    case EndpointHeaders.Wish.Refused(String reason) -> new Registration.Refused(reason);
                    case EndpointHeaders.Wish.Granted(var wanted) -> add(endpoint, wanted);
                };
        };
    }

    /** What came of a change. */
    sealed interface Change {
        record Changed(Endpoint endpoint) implements Change {}

        /** @param reason a sentence for the owner */
        record Refused(String reason) implements Change {}

        record NoSuchEndpoint() implements Change {}
    }

    /** In force with the next attempt, also of what waits already. */
    Change change(String orgId, String id, EndpointDraft draft) {
        Change change = database.inTransaction(_ -> {
            if (find(orgId, id).isEmpty() || !secrets.lockEndpoint(id)) {
                return new Change.NoSuchEndpoint();
            }
            Endpoint before = find(orgId, id).orElseThrow();
            return switch (judgement.of(draft, before)) {
                case DraftJudgement.Refused(String reason) -> new Change.Refused(reason);
                case DraftJudgement.Accepted(Endpoint endpoint) -> change(before, endpoint, draft.headers());
            };
        });
        if (change instanceof Change.Changed) {
            log("endpoint.changed", id);
        }
        return change;
    }

    private Change change(Endpoint before, Endpoint endpoint, Optional<Map<String, String>> wanted) {
        Endpoint changed = endpoint;
        if (wanted.isPresent()) {
            switch (EndpointHeaders.judge(wanted.get(), headers.of(endpoint))) {
                case EndpointHeaders.Wish.Refused(String reason) -> {
                    return new Change.Refused(reason);
                }
                case EndpointHeaders.Wish.Granted(var granted) -> {
                    headers.put(endpoint.id(), granted);
                    changed = endpoint.withHeaderNames(List.copyOf(granted.keySet()));
                }
            }
        }
        repository.update(changed);
        // In the order in which whoever may attempt a delivery takes them.
        if (!changed.url().equals(before.url())) {
            repository.forgetFailures(changed.id());
        }
        if (!changed.maxPerSecond().equals(before.maxPerSecond())) {
            changed.maxPerSecond()
                    .ifPresentOrElse(limit -> paces.limit(before.id(), limit), () -> paces.lift(before.id()));
        }
        return new Change.Changed(announced(changed));
    }

    private Registration add(Endpoint accepted, SequencedMap<String, String> wanted) {
        Endpoint endpoint = accepted.withHeaderNames(List.copyOf(wanted.keySet()));
        SigningSecret secret = SigningSecret.generate(random);
        Registration registration = database.inTransaction(_ -> {
            repository.lockOrganisation(endpoint.orgId());
            if (repository.countOf(endpoint.orgId()) >= MOST_PER_ORGANISATION) {
                return new Registration.TooMany(MOST_PER_ORGANISATION);
            }
            repository.insert(endpoint);
            secrets.insert(endpoint.id(), vault.seal(endpoint.id(), secret), endpoint.createdAt());
            headers.put(endpoint.id(), wanted);
            endpoint.maxPerSecond().ifPresent(limit -> paces.limit(endpoint.id(), limit));
            database.send(Announcement.of(endpoint));
            return new Registration.Registered(endpoint, secret);
        });
        if (registration instanceof Registration.Registered) {
            log("endpoint.registered", endpoint.id());
        }
        return registration;
    }

    /** The oldest first. */
    List<Endpoint> ofOrganisation(String orgId) {
        return repository.ofOrganisation(orgId);
    }

    public Optional<Endpoint> find(String orgId, String id) {
        return EndpointId.isOne(id)
                ? repository.find(id).filter(endpoint -> endpoint.orgId().equals(orgId))
                : Optional.empty();
    }

    /** Of whichever organisations, by id; without those that there are not. */
    public Map<String, Endpoint> find(Collection<String> ids) {
        return repository.find(ids).stream().collect(Collectors.toMap(Endpoint::id, endpoint -> endpoint));
    }

    /** Nothing is sent from now on; what comes waits. @return as it is now; empty if the organisation has none such */
    public Optional<Endpoint> disable(String orgId, String id, String reason) {
        Optional<Endpoint> changed = database.inTransaction(_ -> find(orgId, id)
                .flatMap(endpoint -> repository.disable(id, reason))
                .map(this::announced));
        changed.ifPresent(endpoint -> log("endpoint.disabled", id));
        return changed;
    }

    /**
     * As {@link #disable}, by ourselves: the organisation is told by an event, once, so that it learns of it elsewhere than at the endpoint that does
     * not listen.
     *
     * @param url what was found there; of one that leads elsewhere by now it says nothing
     * @param cause the attempt that decided it, which may have been another thread's
     */
    public void disableWithNotice(
            String orgId, String id, URI url, String reason, Instant now, Optional<TraceParent> cause) {
        boolean disabled = database.inTransaction(_ -> {
            Optional<Endpoint> changed = find(orgId, id).flatMap(_ -> repository.disableAt(id, url, reason));
            changed.ifPresent(endpoint -> Stream.of(Announcement.of(endpoint), DisabledNotice.of(endpoint, reason, now))
                    .map(record -> cause.map(record::causedBy).orElse(record))
                    .forEach(database::send));
            return changed.isPresent();
        });
        if (disabled) {
            LOG.atWarn()
                    .addKeyValue("endpointId", id)
                    .addKeyValue("reason", reason)
                    .log("endpoint.disabled-by-us");
        }
    }

    /** Whether it leads there still. Within a transaction it does until the end of that. */
    public boolean holdAt(String id, URI url) {
        return repository.holdAt(id, url);
    }

    /**
     * What has waited goes out, and so does all that comes.
     *
     * @param newestFirst whether what has waited goes out in the opposite order, from now on
     * @return as it is now; empty if the organisation has none such
     */
    Optional<Endpoint> enable(String orgId, String id, boolean newestFirst) {
        Optional<Endpoint> changed = database.inTransaction(_ -> find(orgId, id)
                .flatMap(endpoint -> repository.enable(id, newestFirst))
                .map(endpoint -> {
                    repository.forgetFailures(id);
                    return announced(endpoint);
                }));
        changed.ifPresent(endpoint -> log("endpoint.enabled", id));
        return changed;
    }

    /**
     * Of all organisations, some at a time.
     *
     * @param id the last of the call before; empty at first
     */
    List<String> idsAfter(String id, int most) {
        return repository.idsAfter(id, most);
    }

    /** Tells of it as it is, if it is still there. */
    void announceAgain(String id) {
        // Alone in its transaction: who held many would meet others who hold some of them in another order.
        database.together(() -> repository.hold(id).ifPresent(this::announced));
    }

    private Endpoint announced(Endpoint endpoint) {
        database.send(Announcement.of(endpoint));
        return endpoint;
    }

    /** For good; what waits for it ends as failed. @return whether the organisation had it */
    boolean delete(String orgId, String id) {
        boolean deleted = database.inTransaction(_ -> {
            if (find(orgId, id).isEmpty() || !repository.delete(id)) {
                return false;
            }
            database.send(Announcement.ofDeleted(id));
            return true;
        });
        if (deleted) {
            log("endpoint.deleted", id);
        }
        return deleted;
    }

    /**
     * Nobody else begins a test message to it before that time, on whatever instance.
     *
     * @param until when an instance that died in mid-work is given up
     * @return false if another is under way, or has just ended
     */
    public boolean beginTest(String id, Instant now, Instant until) {
        return repository.claimTest(id, now, until);
    }

    /**
     * By whoever began it.
     *
     * @param next when another may begin
     */
    public void endTest(String id, Instant next) {
        repository.releaseTest(id, next);
    }

    private static void log(String event, String endpointId) {
        LOG.atInfo().addKeyValue("endpointId", endpointId).log(event);
    }
}
