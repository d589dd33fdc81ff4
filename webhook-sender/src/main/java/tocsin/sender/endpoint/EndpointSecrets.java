package tocsin.sender.endpoint;

import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.signing.SigningSecret;

/**
 * What an endpoint's messages are signed with, and how that changes. Every attempt asks anew, so a change is in force on every
 * instance as soon as it is committed.
 */
@Singleton
public final class EndpointSecrets {

    /** How long a secret signs after it has been replaced: what owners are told. */
    static final Duration OVERLAP = Duration.ofHours(24);

    /** Each adds a signature to a header that receivers bound. */
    static final int MOST_AT_A_TIME = 8;

    private static final Logger LOG = LoggerFactory.getLogger(EndpointSecrets.class);

    private final EndpointRegistry endpoints;
    private final SecretRepository repository;
    private final SecretVault vault;
    private final DatabaseClient database;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    EndpointSecrets(
            EndpointRegistry endpoints,
            SecretRepository repository,
            SecretVault vault,
            DatabaseClient database,
            Clock clock) {
        this.endpoints = endpoints;
        this.repository = repository;
        this.vault = vault;
        this.database = database;
        this.clock = clock;
    }

    /** What came of a rotation. */
    sealed interface Rotation {

        /**
         * @param secret to be shown now; nobody can show it again
         * @param signing all that sign from now on, the new one first
         */
        record Rotated(SigningSecret secret, List<StoredSecret> signing) implements Rotation {}

        record NoSuchEndpoint() implements Rotation {}

        /** So many sign already that another has to wait until one of them expires or is revoked. */
        record TooMany(int limit) implements Rotation {}
    }

    /** Those that sign now; empty if the endpoint has just been deleted. */
    public Optional<SigningSecrets> signing(String endpointId) {
        return opened(repository.signing(endpointId, clock.instant()));
    }

    /** Of each of them, by endpoint; without those that have just been deleted. */
    public Map<String, SigningSecrets> signing(Collection<String> endpointIds) {
        Map<String, List<StoredSecret>> stored = repository.signing(endpointIds, clock.instant()).stream()
                .collect(Collectors.groupingBy(StoredSecret::endpointId));
        Map<String, SigningSecrets> signing = new HashMap<>();
        stored.forEach((endpointId, secrets) -> opened(secrets).ifPresent(it -> signing.put(endpointId, it)));
        return signing;
    }

    private Optional<SigningSecrets> opened(List<StoredSecret> stored) {
        return single(stored)
                .map(single -> new SigningSecrets(
                        stored.stream().map(secret -> opened(secret)).toList(),
                        opened(single),
                        stored.stream()
                                .map(secret -> Long.toString(secret.id()))
                                .toList()));
    }

    private SigningSecret opened(StoredSecret secret) {
        return vault.open(secret.endpointId(), secret.sealed());
    }

    /** @param signing the current one first. @return see {@link SigningSecrets#single}; empty if there are none */
    static Optional<StoredSecret> single(List<StoredSecret> signing) {
        return signing.reversed().stream()
                .filter(secret -> !secret.passedOver())
                .findFirst();
    }

    /** @return as {@link #signing}, without the secrets themselves; empty if the organisation has no such endpoint */
    Optional<List<StoredSecret>> list(String orgId, String endpointId) {
        return endpoints.find(orgId, endpointId).map(_ -> repository.signing(endpointId, clock.instant()));
    }

    /** @param revokeOld the older ones sign no more from now on, rather than for {@link #OVERLAP} */
    Rotation rotate(String orgId, String endpointId, boolean revokeOld) {
        SigningSecret secret = SigningSecret.generate(random);
        Rotation rotation = database.inTransaction(_ -> {
            if (endpoints.find(orgId, endpointId).isEmpty() || !repository.lockEndpoint(endpointId)) {
                return new Rotation.NoSuchEndpoint();
            }
            Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            repository.deleteExpired(endpointId, now);
            if (!revokeOld && repository.signing(endpointId, now).size() >= MOST_AT_A_TIME) {
                return new Rotation.TooMany(MOST_AT_A_TIME);
            }
            repository.expireCurrent(endpointId, now.plus(OVERLAP));
            if (revokeOld) {
                repository.deleteExpired(endpointId, Instant.MAX);
            }
            repository.insert(endpointId, vault.seal(endpointId, secret), now);
            return new Rotation.Rotated(secret, repository.signing(endpointId, now));
        });
        if (rotation instanceof Rotation.Rotated) {
            log("endpoint.secret.rotated", endpointId);
        }
        return rotation;
    }

    /** Only the current one signs from now on. @return what signs; empty if the organisation has no such endpoint */
    Optional<List<StoredSecret>> revokeOld(String orgId, String endpointId) {
        return changed(
                "endpoint.secret.old-revoked",
                orgId,
                endpointId,
                () -> repository.deleteExpired(endpointId, Instant.MAX));
    }

    /** The current one signs where there is room for one signature. @return as {@link #revokeOld} */
    Optional<List<StoredSecret>> switchToCurrent(String orgId, String endpointId) {
        return changed("endpoint.secret.switched", orgId, endpointId, () -> repository.passOverReplaced(endpointId));
    }

    private Optional<List<StoredSecret>> changed(String event, String orgId, String endpointId, Runnable change) {
        Optional<List<StoredSecret>> left = database.inTransaction(_ -> {
            if (endpoints.find(orgId, endpointId).isEmpty() || !repository.lockEndpoint(endpointId)) {
                return Optional.<List<StoredSecret>>empty();
            }
            change.run();
            return Optional.of(repository.signing(endpointId, clock.instant()));
        });
        left.ifPresent(_ -> log(event, endpointId));
        return left;
    }

    private static void log(String event, String endpointId) {
        LOG.atInfo().addKeyValue("endpointId", endpointId).log(event);
    }
}
