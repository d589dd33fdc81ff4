package tocsin.sender.endpoint;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.signing.Ed25519Key;

/** The key pairs of endpoints that sign in the form {@code v1a}, too. */
@Singleton
public final class EndpointKeys {

    private static final Logger LOG = LoggerFactory.getLogger(EndpointKeys.class);

    private final EndpointRegistry endpoints;
    private final SecretRepository locks;
    private final SealedRepository repository;
    private final SecretVault vault;
    private final DatabaseClient database;

    EndpointKeys(
            EndpointRegistry endpoints,
            SecretRepository locks,
            SealedRepository repository,
            SecretVault vault,
            DatabaseClient database) {
        this.endpoints = endpoints;
        this.locks = locks;
        this.repository = repository;
        this.vault = vault;
        this.database = database;
    }

    /** What signs; empty unless the endpoint has one. */
    public Optional<Ed25519Key> of(Endpoint endpoint) {
        return endpoint.publicKey()
                .flatMap(_ -> repository.find(endpoint.id(), SealedKind.ED25519))
                .map(key -> Ed25519Key.of(vault.openText(SealedKind.ED25519.context(endpoint.id()), key)));
    }

    /**
     * Signs with one from now on: the one it has, else a new one.
     *
     * @return as it is now; empty if the organisation has none such
     */
    Optional<Endpoint> enable(String orgId, String endpointId) {
        return change(orgId, endpointId, endpoint -> {
            if (endpoint.publicKey().isEmpty()) {
                Ed25519Key.Pair pair = Ed25519Key.generate();
                repository.put(
                        endpointId,
                        SealedKind.ED25519,
                        vault.sealText(SealedKind.ED25519.context(endpointId), pair.privateKey()),
                        List.of(pair.publicKey()));
                log("endpoint.ed25519.enabled", endpointId);
            }
        });
    }

    /**
     * Signs with none from now on; another time it is a new one.
     *
     * @return as {@link #enable}
     */
    Optional<Endpoint> disable(String orgId, String endpointId) {
        return change(orgId, endpointId, _ -> {
            repository.delete(endpointId, SealedKind.ED25519);
            log("endpoint.ed25519.disabled", endpointId);
        });
    }

    private Optional<Endpoint> change(String orgId, String endpointId, Consumer<Endpoint> change) {
        return database.inTransaction(_ -> {
            if (endpoints.find(orgId, endpointId).isEmpty() || !locks.lockEndpoint(endpointId)) {
                return Optional.<Endpoint>empty();
            }
            change.accept(endpoints.find(orgId, endpointId).orElseThrow());
            return endpoints.find(orgId, endpointId);
        });
    }

    private static void log(String event, String endpointId) {
        LOG.atInfo().addKeyValue("endpointId", endpointId).log(event);
    }
}
