package tocsin.sender.endpoint;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.sender.database.DatabaseClient;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;

/**
 * After the start, seals all secrets, headers and private keys anew that another key of the keyset has sealed, so that the older keys can be taken out.
 * Several instances share the work; each goes round until none is left, whoever sealed it, and only then says that it is done.
 */
@Singleton
final class ResealProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(ResealProcessor.class);
    private static final int AT_ONCE = 100;
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private final SecretRepository repository;
    private final SealedRepository others;
    private final SecretVault vault;
    private final DatabaseClient database;
    private final Set<String> impossible = ConcurrentHashMap.newKeySet();
    private final WorkerThread worker = new WorkerThread("secret-reseal", this::run);

    ResealProcessor(SecretRepository repository, SealedRepository others, SecretVault vault, DatabaseClient database) {
        this.repository = repository;
        this.others = others;
        this.vault = vault;
        this.database = database;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        boolean stopped = false;
        while (!stopped && !done()) {
            stopped = worker.pause(PAUSE);
        }
    }

    /** One round. @return whether all secrets are sealed by the primary key now; what another instance is at may yet come to nothing */
    boolean done() {
        try {
            int resealed = reseal();
            int left = repository.countSealedByOthers(vault.primaryKeyId())
                    + others.countSealedByOthers(vault.primaryKeyId());
            if (left > 0) {
                LOG.atInfo()
                        .addKeyValue("secrets", resealed)
                        .addKeyValue("left", left)
                        .log("secrets.reseal.unfinished");
                return false;
            }
            LOG.atInfo()
                    .addKeyValue("secrets", resealed)
                    .addKeyValue("keyId", Integer.toUnsignedString(vault.primaryKeyId()))
                    .log("secrets.resealed");
            return true;
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("secrets.reseal.failed");
            return false;
        }
    }

    /** @return how many */
    int reseal() {
        int resealed = 0;
        long after = 0;
        while (!worker.isStopping()) {
            long last = after;
            List<StoredSecret> batch = database.inTransaction(_ -> {
                List<StoredSecret> old = repository.lockSealedByOthers(vault.primaryKeyId(), last, AT_ONCE);
                old.forEach(this::reseal);
                return old;
            });
            if (batch.isEmpty()) {
                break;
            }
            resealed += batch.size();
            after = batch.getLast().id();
        }
        return resealed + resealOthers();
    }

    private int resealOthers() {
        int resealed = 0;
        Optional<SealedRepository.Row> after = Optional.empty();
        while (!worker.isStopping()) {
            Optional<SealedRepository.Row> last = after;
            List<SealedRepository.Row> batch = database.inTransaction(_ -> {
                List<SealedRepository.Row> old = others.lockSealedByOthers(vault.primaryKeyId(), last, AT_ONCE);
                old.forEach(this::reseal);
                return old;
            });
            if (batch.isEmpty()) {
                break;
            }
            resealed += batch.size();
            after = Optional.of(batch.getLast());
        }
        return resealed;
    }

    private void reseal(SealedRepository.Row row) {
        String context = row.kind().context(row.endpointId());
        try {
            others.reseal(row, vault.sealText(context, vault.openText(context, row.sealed())));
        } catch (IllegalStateException e) {
            tellImpossible(context, row.endpointId(), e);
        }
    }

    private void reseal(StoredSecret secret) {
        try {
            repository.reseal(
                    secret.id(), vault.seal(secret.endpointId(), vault.open(secret.endpointId(), secret.sealed())));
        } catch (IllegalStateException e) {
            tellImpossible(Long.toString(secret.id()), secret.endpointId(), e);
        }
    }

    /** Its key has been taken out: nothing here can mend that, and the others are none the worse. Once is enough: every round meets it again. */
    private void tellImpossible(String what, String endpointId, IllegalStateException e) {
        if (impossible.add(what)) {
            LOG.atError().addKeyValue("endpointId", endpointId).setCause(e).log("secrets.reseal.impossible");
        }
    }

    @Override
    public Optional<String> whyDead() {
        return worker.whyDead();
    }

    @Override
    public void close() {
        worker.close();
    }
}
