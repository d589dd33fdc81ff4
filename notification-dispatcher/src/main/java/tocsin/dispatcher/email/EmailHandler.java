package tocsin.dispatcher.email;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.ledger.MailRows;
import tocsin.dispatcher.ledger.State;
import tocsin.dispatcher.store.SqlClient;
import tocsin.engine.Delivery;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.FaultScope;
import tocsin.engine.Outcome;
import tocsin.engine.Unwritten;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.EmailRequested;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.Quarantine;
import tocsin.service.tracing.TraceParent;
import tocsin.service.tracing.Tracing;

/**
 * Sends mails. The row of the ledger is closed before the engine hears of an end, and a mail whose row is closed is not sent again; one that was
 * taken just before a crash, or whose row could not be closed before its partition left, is sent twice, with the same Message-ID.
 */
@Singleton
final class EmailHandler implements DeliveryHandler {

    private static final Logger LOG = LoggerFactory.getLogger(EmailHandler.class);
    private static final MessageCodec<EmailRequested> CODEC = MessageCodec.of(EmailRequested.class);

    private final SmtpPlaces smtp;
    private final MailRows rows;
    private final Quarantine quarantine;
    private final Clock clock;
    private final Tracing tracing;
    private final Unwritten<SmtpAnswer> unwritten = new Unwritten<>();

    /** The SMTP server takes nobody's mail: all wait. */
    private static final class SmtpUnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SmtpUnavailableException(String reason) {
            super(reason);
        }
    }

    private record Request(UUID notification, EmailRequested mail) {}

    EmailHandler(SmtpPlaces smtp, MailRows rows, Quarantine quarantine, Clock clock, Tracing tracing) {
        this.smtp = smtp;
        this.rows = rows;
        this.quarantine = quarantine;
        this.clock = clock;
        this.tracing = tracing;
    }

    @Override
    public Outcome deliver(Delivery delivery) throws InterruptedException {
        return tracing.call(
                "email.attempt",
                delivery.header(TraceParent.HEADER).flatMap(TraceParent::parse),
                () -> attempt(delivery));
    }

    private Outcome attempt(Delivery delivery) throws InterruptedException {
        Optional<Request> read = read(delivery);
        if (read.isEmpty()) {
            return new Outcome.Done();
        }
        Request request = read.get();
        Optional<SmtpAnswer> unwrittenAnswer = unwritten.take(delivery);
        if (unwrittenAnswer.isPresent()) {
            return conclude(delivery, request, unwrittenAnswer.get());
        }
        Optional<State> state = rows.state(request.notification());
        if (state.isEmpty()) {
            // Ours are written before they are asked for, so it is anybody else's, or whom it tells was erased since:
            // that mail may be kept nowhere.
            quarantine.put(coordinatesOf(delivery), "no notification asks for this mail");
            return new Outcome.Done();
        }
        if (state.get() != State.PENDING) {
            return new Outcome.Done();
        }
        Optional<SmtpAnswer> answered = smtp.send(request.mail(), () -> isPending(request));
        if (answered.isEmpty()) {
            return new Outcome.Done();
        }
        SmtpAnswer answer = answered.get();
        Tracing.note("tocsin.email_id", request.mail().getEmailId());
        Tracing.note("tocsin.attempt", Integer.toString(delivery.attempt()));
        Tracing.note("tocsin.outcome", answer.getClass().getSimpleName());
        LOG.atInfo()
                .addKeyValue("notificationId", request.notification())
                .addKeyValue("emailId", request.mail().getEmailId())
                .addKeyValue("attempt", delivery.attempt())
                .addKeyValue("outcome", answer.getClass().getSimpleName())
                .addKeyValue("reason", answer.refusal().orElse(""))
                .log("email.attempted");
        return conclude(delivery, request, answer);
    }

    private boolean isPending(Request request) throws InterruptedException {
        return rows.state(request.notification()).equals(Optional.of(State.PENDING));
    }

    /** A mail that the server has taken is not sent again because its row cannot be closed: only the closing is done again. */
    private Outcome conclude(Delivery delivery, Request request, SmtpAnswer answer) throws InterruptedException {
        try {
            return outcome(delivery, request, answer);
        } catch (SmtpUnavailableException e) {
            throw e;
        } catch (RuntimeException | InterruptedException e) {
            unwritten.put(delivery, answer);
            throw e;
        }
    }

    private Outcome outcome(Delivery delivery, Request request, SmtpAnswer answer) throws InterruptedException {
        return switch (answer) {
            case SmtpAnswer.Accepted() -> {
                settle(request, State.DELIVERED, delivery.attempt(), Optional.empty());
                yield new Outcome.Done();
            }
            case SmtpAnswer.Permanent(String reason) -> {
                settle(request, State.FAILED, delivery.attempt(), Optional.of(reason));
                yield new Outcome.Dead(reason);
            }
            case SmtpAnswer.Temporary(String reason) -> new Outcome.RetryLater(reason);
            case SmtpAnswer.Unavailable(String reason) -> throw new SmtpUnavailableException(reason);
        };
    }

    @Override
    public void exhausted(Delivery delivery, String reason) throws InterruptedException {
        Optional<Request> request = read(delivery);
        if (request.isPresent()) {
            settle(request.get(), State.FAILED, delivery.attempt(), Optional.of(reason));
        }
    }

    @Override
    public FaultScope scopeOf(Exception fault) {
        return fault instanceof SmtpUnavailableException || SqlClient.isOutage(fault)
                ? FaultScope.SERVICE
                : FaultScope.DELIVERY;
    }

    private void settle(Request request, State outcome, int attempts, Optional<String> reason)
            throws InterruptedException {
        rows.close(request.notification(), outcome, attempts, reason, clock.instant());
    }

    /** @return empty for what is in quarantine now */
    private Optional<Request> read(Delivery delivery) {
        try {
            EmailRequested mail = CODEC.decode(delivery.value());
            return Optional.of(new Request(UUID.fromString(mail.getNotificationId()), mail));
        } catch (UndecodableMessageException e) {
            quarantine.put(bad(delivery), String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            quarantine.put(bad(delivery), "the notification id is no UUID");
        }
        return Optional.empty();
    }

    private static BadRecord coordinatesOf(Delivery delivery) {
        return new BadRecord(
                delivery.topic(),
                delivery.partition(),
                delivery.offset(),
                new byte[0],
                new byte[0],
                new RecordHeaders());
    }

    private static BadRecord bad(Delivery delivery) {
        RecordHeaders headers = new RecordHeaders();
        delivery.headers().forEach(header -> headers.add(header.name(), header.value()));
        return new BadRecord(
                delivery.topic(), delivery.partition(), delivery.offset(), delivery.key(), delivery.value(), headers);
    }
}
