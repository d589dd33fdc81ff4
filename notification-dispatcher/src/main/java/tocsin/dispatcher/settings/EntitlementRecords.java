package tocsin.dispatcher.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.OrgEntitlements;
import tocsin.service.outbox.OutboxRecord;

/** What the other services are told of entitlements: topic {@code org.entitlements}. */
final class EntitlementRecords {

    private static final MessageCodec<OrgEntitlements> CODEC = MessageCodec.of(OrgEntitlements.class);

    private EntitlementRecords() {}

    /** @param changedAt when they were set; later with each change of an organisation's */
    static OutboxRecord of(String org, Entitlements entitlements, Instant changedAt) {
        OrgEntitlements message = OrgEntitlements.newBuilder()
                .setOrgId(org)
                .setGuard(entitlements.guard())
                .setWebhooks(entitlements.webhooks())
                .setChangedAt(changedAt)
                .build();
        return new OutboxRecord(Topics.ORG_ENTITLEMENTS.name(), org.getBytes(UTF_8), CODEC.encode(message));
    }

    /** Sent after those of all organisations: who is not among them has nothing. */
    static OutboxRecord allTold(Instant at) {
        return of(RecordKeys.ALL_ENTITLEMENTS_TOLD, Entitlements.NONE, at);
    }
}
