package tocsin.dispatcher.email;

import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.avro.EmailRequested;

/**
 * So many mails at the same time, each on a connection of its own; the others wait for their turn, in their order. What is found to be wrong for all while they
 * wait is not found out by each of them anew.
 */
@Singleton
final class SmtpPlaces {

    private final SmtpClient smtp;
    private final Semaphore places;
    private volatile @Nullable Outage last;

    /** @param foundAt {@link System#nanoTime()} */
    private record Outage(SmtpAnswer.Unavailable answer, long foundAt) {}

    SmtpPlaces(SmtpClient smtp, SmtpConfig config) {
        this.smtp = smtp;
        this.places = new Semaphore(config.concurrency(), true);
    }

    SmtpAnswer send(EmailRequested mail) throws InterruptedException {
        long came = System.nanoTime();
        places.acquire();
        try {
            Optional<SmtpAnswer> known = foundSince(came);
            if (known.isPresent()) {
                return known.get();
            }
            SmtpAnswer answer = smtp.send(mail);
            if (answer instanceof SmtpAnswer.Unavailable unavailable) {
                last = new Outage(unavailable, System.nanoTime());
            }
            return answer;
        } finally {
            places.release();
        }
    }

    private Optional<SmtpAnswer> foundSince(long then) {
        Outage outage = last;
        return outage != null && outage.foundAt() - then > 0 ? Optional.of(outage.answer()) : Optional.empty();
    }
}
