package tocsin.dispatcher.email;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.avro.EmailRequested;

/**
 * So many mails at the same time, each on a connection of its own; the others wait for their turn, in their order. What is found to be wrong for all while they
 * wait is not found out by each of them anew.
 */
@Singleton
@Bean(preDestroy = "close")
final class SmtpPlaces implements AutoCloseable {

    /** What was asked so long ago may have changed: an alarm is taken back, an address switched off. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final SmtpClient smtp;
    private final Duration fresh;

    /** Threads of the platform: each wait for an answer has an end, and to set and clear that costs a virtual thread more than it costs to hand the mail over. */
    private final ExecutorService places;

    private volatile @Nullable Outage last;

    /** @param foundAt {@link System#nanoTime()} */
    private record Outage(SmtpAnswer.Unavailable answer, long foundAt) {}

    @Inject
    SmtpPlaces(SmtpClient smtp, SmtpConfig config) {
        this(smtp, config, FRESH);
    }

    /** @param fresh how long what was asked of a mail before it came here holds */
    SmtpPlaces(SmtpClient smtp, SmtpConfig config, Duration fresh) {
        this.smtp = smtp;
        this.fresh = fresh;
        this.places = Executors.newFixedThreadPool(
                config.concurrency(),
                Thread.ofPlatform().daemon().name("smtp-", 0).factory());
    }

    /** Whether a mail is to be sent. */
    @FunctionalInterface
    interface Wanted {
        boolean isWanted() throws InterruptedException;
    }

    /**
     * @param wanted asked again where the mail has waited for its place
     * @return empty if it is wanted no more
     * @throws InterruptedException if the caller is interrupted; then the mail is sent or not
     */
    Optional<SmtpAnswer> send(EmailRequested mail, Wanted wanted) throws InterruptedException {
        long came = System.nanoTime();
        Future<Optional<SmtpAnswer>> sending = places.submit(() -> sendUnlessAway(mail, wanted, came));
        try {
            return sending.get();
        } catch (InterruptedException e) {
            sending.cancel(false);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException) {
                throw new InterruptedException("the places were closed");
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("sending a mail failed", e.getCause());
        }
    }

    private Optional<SmtpAnswer> sendUnlessAway(EmailRequested mail, Wanted wanted, long came)
            throws InterruptedException {
        Optional<SmtpAnswer> known = foundSince(came);
        if (known.isPresent()) {
            return known;
        }
        if (System.nanoTime() - came >= fresh.toNanos() && !wanted.isWanted()) {
            return Optional.empty();
        }
        SmtpAnswer answer = smtp.send(mail);
        if (answer instanceof SmtpAnswer.Unavailable unavailable) {
            last = new Outage(unavailable, System.nanoTime());
        }
        return Optional.of(answer);
    }

    private Optional<SmtpAnswer> foundSince(long then) {
        Outage outage = last;
        return outage != null && outage.foundAt() - then > 0 ? Optional.of(outage.answer()) : Optional.empty();
    }

    @Override
    public void close() {
        // What has not begun is left: whoever has its partition next sends it. A mail under way notices nothing.
        places.shutdownNow();
    }
}
