package tocsin.dispatcher.events;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.email.EmailComposer;
import tocsin.dispatcher.email.EmailRequests;
import tocsin.dispatcher.settings.OwnerAddress;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.service.outbox.OutboxRecord;

/** A disabled endpoint cannot tell of itself, so its owner gets a mail too. */
@Singleton
final class DisabledMail {

    private static final String TYPE = "webhook.endpoint_disabled";

    private final OwnerAddress owners;
    private final EmailComposer composer;

    DisabledMail(OwnerAddress owners, EmailComposer composer) {
        this.owners = owners;
        this.composer = composer;
    }

    /** @return empty for another event, and where nobody can be reached */
    Optional<OutboxRecord> of(UUID notification, Audience.Organisation audience, PlatformEvent event) {
        if (!event.getType().equals(TYPE)) {
            return Optional.empty();
        }
        JsonNode data = StrictJson.read(event.getData(), "data");
        return owners.of(audience.orgId())
                .map(owner -> EmailRequests.of(
                        notification,
                        audience,
                        owner.address(),
                        owner.language(),
                        composer.endpointDisabled(
                                audience.orgId(),
                                data.path("endpoint_id").asText(),
                                data.path("reason").asText(),
                                owner.language()),
                        Optional.empty()));
    }
}
