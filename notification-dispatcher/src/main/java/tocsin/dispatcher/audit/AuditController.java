package tocsin.dispatcher.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.Parameter;
import java.util.List;
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

    AuditController(AuditRepository audit) {
        this.audit = audit;
    }

    /**
     * Changes of settings, addresses and entitlements, the newest first: {@code at}, {@code who} (subject of the caller; {@code (link)} for whoever had the
     * link of a mail, {@code (erasure)} for an erasure), {@code what}, and what counts afterwards as {@code detail}, with masked addresses.
     *
     * @param cursor {@code next_cursor} of the page before
     * @param limit from 1 to 500
     */
    @Get
    @Produces(MediaType.APPLICATION_JSON)
    String list(
            @PathVariable String org,
            @Nullable @QueryValue Long cursor,
            @QueryValue(defaultValue = "100") int limit,
            @Parameter(hidden = true) Caller caller) {
        caller.requireRole(org, OrgRole.OWNER);
        if (limit < 1 || limit > MOST) {
            throw Problem.badRequest("limit must be from 1 to " + MOST + ".");
        }
        List<AuditRepository.Change> found = audit.newest(org, Optional.ofNullable(cursor), limit);
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode changes = answer.putArray("changes");
        for (AuditRepository.Change change : found) {
            changes.addObject()
                    .put("at", change.at().toString())
                    .put("who", change.who())
                    .put("what", change.what())
                    .set("detail", detail(change));
        }
        if (found.size() == limit) {
            answer.put("next_cursor", found.getLast().id());
        }
        return answer.toString();
    }

    private static ObjectNode detail(AuditRepository.Change change) {
        try {
            return JSON.readValue(change.detail(), ObjectNode.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("change " + change.id() + " holds no JSON object", e);
        }
    }
}
