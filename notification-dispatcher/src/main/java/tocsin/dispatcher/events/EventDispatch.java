package tocsin.dispatcher.events;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.ledger.RequestRepository;
import tocsin.dispatcher.ledger.WebhookRequests;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.dispatcher.settings.SettingsRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.service.outbox.OutboxRecord;

/** Which endpoints hear of an event: those that it names and those subscribed to its type, all of its own organisation. */
@Singleton
final class EventDispatch {

    private static final Logger LOG = LoggerFactory.getLogger(EventDispatch.class);

    private final SqlClient sql;
    private final SettingsRepository settings;
    private final EndpointDirectory endpoints;
    private final LedgerRepository ledger;
    private final RequestRepository requests;
    private final DisabledMail disabled;

    EventDispatch(
            SqlClient sql,
            SettingsRepository settings,
            EndpointDirectory endpoints,
            LedgerRepository ledger,
            RequestRepository requests,
            DisabledMail disabled) {
        this.sql = sql;
        this.settings = settings;
        this.endpoints = endpoints;
        this.ledger = ledger;
        this.requests = requests;
        this.disabled = disabled;
    }

    void dispatch(EventReader.Event read) {
        PlatformEvent event = read.event();
        String org = read.audience().orgId();
        UUID notification = NotificationIds.ofEvent(org, event.getEventId());
        Set<String> receivers = new LinkedHashSet<>(event.getWebhookEndpointIds());
        endpoints.of(org).stream()
                .filter(endpoint -> endpoint.getEventTypes().contains(event.getType()))
                .map(WebhookEndpoint::getEndpointId)
                .sorted()
                .forEach(receivers::add);
        sql.inTransaction(() -> {
            boolean entitled = settings.entitlements(org).webhooks();
            List<LedgerRow> rows = new ArrayList<>();
            Map<String, OutboxRecord> asked = new LinkedHashMap<>();
            for (String endpoint : receivers) {
                String webhookId = NotificationIds.webhookId(notification, endpoint);
                if (!entitled) {
                    rows.add(LedgerRow.suppressed(endpoint, webhookId, "webhooks_not_entitled"));
                } else {
                    // A named one that is deleted or another organisation's is ended by the sender, who owns them.
                    rows.add(LedgerRow.pending(endpoint, webhookId));
                    asked.put(
                            endpoint,
                            WebhookRequests.of(
                                    notification,
                                    org,
                                    endpoint,
                                    event.getType(),
                                    event.getOccurredAt(),
                                    event.getData()));
                }
            }
            disabled.of(notification, read.audience(), event)
                    .filter(_ -> entitled)
                    .ifPresent(mail -> {
                        rows.add(LedgerRow.pending(LedgerRow.EMAIL, NotificationIds.emailId(notification)));
                        asked.put(LedgerRow.EMAIL, mail);
                    });
            if (rows.isEmpty()) {
                return;
            }
            boolean added = ledger.add(
                    new Notification(
                            notification,
                            read.audience(),
                            Notification.Kind.EVENT,
                            event.getType(),
                            Optional.empty(),
                            rows.size()),
                    rows);
            if (added) {
                asked.forEach((destination, request) -> requests.ask(notification, destination, request));
                LOG.atInfo()
                        .addKeyValue("notificationId", notification)
                        .addKeyValue("type", event.getType())
                        .addKeyValue("requests", asked.size())
                        .log("event.decided");
            }
        });
    }
}
