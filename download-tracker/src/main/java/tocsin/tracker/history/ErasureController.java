package tocsin.tracker.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Status;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.RecordKeys;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.ServiceScope;

/** Takes somebody's personal data away, here and in the services that obey {@code privacy.erasure}. */
@Controller("/v1/privacy/erasures")
final class ErasureController {

    private static final Logger LOG = LoggerFactory.getLogger(ErasureController.class);
    private static final int LONGEST_TEXT = 256;

    private final ErasurePublisher publisher;
    private final Optional<ErasureRepository> history;
    private final Clock clock;

    ErasureController(ErasurePublisher publisher, Optional<ErasureRepository> history, Clock clock) {
        this.publisher = publisher;
        this.history = history;
        this.clock = clock;
    }

    /**
     * Exactly one subject: {@code org_id} with {@code principal_id}, {@code token_id}, or {@code email}.
     *
     * @param email of which only the hash is kept
     * @param requestId the caller's own; asked again with the same one and the same subject, the erasure has the same id
     */
    @Serdeable
    @JsonIgnoreProperties(ignoreUnknown = false)
    record ErasureBody(
            @JsonProperty("org_id") @Nullable String orgId,
            @JsonProperty("principal_id") @Nullable String principalId,
            @JsonProperty("token_id") @Nullable String tokenId,
            @Nullable String email,
            @JsonProperty("request_id") @Nullable String requestId) {

        ErasureSubject subject() {
            boolean principal = orgId != null || principalId != null;
            if ((principal ? 1 : 0) + (tokenId != null ? 1 : 0) + (email != null ? 1 : 0) != 1) {
                throw new IllegalArgumentException("give org_id with principal_id, or token_id, or email");
            }
            if (tokenId != null) {
                return new ErasureSubject.OfToken(new Audience.Token(tokenId));
            }
            if (email != null) {
                String address = email.strip();
                if (address.length() > LONGEST_TEXT || address.indexOf('@') < 1) {
                    throw new IllegalArgumentException("email is not an e-mail address");
                }
                return new ErasureSubject.OfEmail(RecordKeys.emailRecipient(address));
            }
            return new ErasureSubject.OfOrganisation(
                    new Audience.Organisation(orgId == null ? "" : orgId), principalId == null ? "" : principalId);
        }

        String id(ErasureSubject subject) {
            if (requestId == null) {
                return UUID.randomUUID().toString();
            }
            if (requestId.isBlank() || requestId.length() > LONGEST_TEXT) {
                throw new IllegalArgumentException("request_id must have 1 to " + LONGEST_TEXT + " characters");
            }
            return UUID.nameUUIDFromBytes((RecordKeys.privacyErasure(subject) + ' ' + requestId).getBytes(UTF_8))
                    .toString();
        }

        /** Without what it says of people. */
        @Override
        public String toString() {
            return "ErasureBody";
        }
    }

    /**
     * @param subject {@code principal}, {@code token} or {@code email}: what kind it is of
     * @param state {@code accepted}, or {@code done} when nothing is left in the history; the other services say so in their logs
     * @param erasedRows downloads of the history that were changed or removed so far
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ShownErasure(
            String id,
            String subject,
            Instant requestedAt,
            String state,
            @Nullable Instant doneAt,
            long erasedRows) {}

    /** Answers 202 once the broker has it. The services that obey erasures do so then, also one that is away now. */
    @Post
    @Status(HttpStatus.ACCEPTED)
    ShownErasure erase(@Parameter(hidden = true) Caller caller, @Body ErasureBody body) {
        caller.requireScope(ServiceScope.ADMIN);
        Erasure erasure;
        try {
            ErasureSubject subject = body.subject();
            erasure = new Erasure(body.id(subject), clock.instant().truncatedTo(ChronoUnit.MILLIS), subject);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
        publisher.publish(erasure);
        LOG.atInfo()
                .addKeyValue("erasureId", erasure.id())
                .addKeyValue("subject", erasure.kind())
                .log("erasure.accepted");
        history.ifPresent(repository -> remember(repository, erasure));
        return new ShownErasure(erasure.id(), erasure.kind(), erasure.requestedAt(), "accepted", null, 0);
    }

    /** So that whoever asks at once is told of it. It is not what the erasure depends on: the history reads the topic. */
    private static void remember(ErasureRepository repository, Erasure erasure) {
        try {
            repository.remember(erasure);
        } catch (SQLException e) {
            LOG.atInfo().setCause(e).addKeyValue("erasureId", erasure.id()).log("erasure.shown-later");
        }
    }

    /** How far the history is with it. 404 also where no history is kept, 503 while its database is away. */
    @Get("/{id}")
    ShownErasure find(@Parameter(hidden = true) Caller caller, @PathVariable String id) {
        caller.requireScope(ServiceScope.ADMIN);
        try {
            return history.orElseThrow(() -> Problem.notFound("No history of downloads is kept here."))
                    .find(id)
                    .map(ErasureController::shown)
                    .orElseThrow(() -> Problem.notFound("There is no such erasure."));
        } catch (SQLException e) {
            LOG.atWarn().setCause(e).log("history.not-read");
            throw Problem.unavailable("The history cannot be read at the moment.");
        }
    }

    private static ShownErasure shown(ErasureRepository.Progress progress) {
        return new ShownErasure(
                progress.id(),
                progress.kind(),
                progress.requestedAt(),
                progress.doneAt().isPresent() ? "done" : "accepted",
                progress.doneAt().orElse(null),
                progress.erasedRows());
    }
}
