package tocsin.dispatcher.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** Who changed what in an organisation, for its owners. */
@Controller("/v1/orgs/{org}/audit")
final class AuditController {

    private static final int MOST = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AuditRepository audit;

    /**
     * @param who subject of the caller; {@code (link)} for whoever had the link of a mail, {@code (erasure)} for an erasure
     * @param detail what counts afterwards, with masked addresses
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Change(
            Instant at,
            String who,
            String what,

            @Schema(type = "object", additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
            Map<String, Object> detail) {
        static Change of(AuditRepository.Change change) {
            return new Change(change.at(), change.who(), change.what(), AuditController.detail(change));
        }
    }

    /** @param nextCursor for the following page; absent on the last */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Answer(List<Change> changes, @Nullable Long nextCursor) {}

    AuditController(AuditRepository audit) {
        this.audit = audit;
    }

    /**
     * Changes of settings, addresses and entitlements, the newest first.
     *
     * @param cursor {@code next_cursor} of the page before
     * @param limit from 1 to 500
     */
    @Get
    Answer list(
            @PathVariable String org,
            @Nullable @QueryValue Long cursor,
            @QueryValue(defaultValue = "100") int limit,
            @Parameter(hidden = true) Caller caller) {
        caller.requireRole(org, OrgRole.OWNER);
        if (limit < 1 || limit > MOST) {
            throw Problem.badRequest("limit must be from 1 to " + MOST + ".");
        }
        List<AuditRepository.Change> found = audit.newest(org, Optional.ofNullable(cursor), limit);
        return new Answer(
                found.stream().map(Change::of).toList(),
                found.size() < limit ? null : found.getLast().id());
    }

    private static Map<String, Object> detail(AuditRepository.Change change) {
        try {
            return JSON.readValue(change.detail(), new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("change " + change.id() + " holds no JSON object", e);
        }
    }
}
