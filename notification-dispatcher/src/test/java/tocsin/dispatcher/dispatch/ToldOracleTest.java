package tocsin.dispatcher.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.dispatcher.dispatch.ToldStanding.EMAIL;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.ledger.ExhaustedWebhook;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.ResentWebhook;
import tocsin.dispatcher.ledger.SettledHandler;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.Severity;
import tocsin.service.kafka.Quarantine;

/**
 * Random matches, repeats, aliases, revisions, withdrawals, late downloads, ends of webhooks and changes of settings, in random order, to an organisation's webhook and
 * address, which are told since different times, switched off and on, and replaced: what is told where is what a plain model says, and nobody is told twice.
 */
class ToldOracleTest {

    private static final int STEPS = 100;

    private static RunningDispatcher dispatcher;

    private final String org = RunningDispatcher.newOrg();

    @BeforeAll
    static void start() {
        // What waits goes when the test says so.
        dispatcher = RunningDispatcher.beside(Map.of("tocsin.follow-up.window", "PT24H"));
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void tellsWhatTheModelSays(long seed) {
        // Given
        Random random = new Random(seed);
        String address = org + "@example.com";
        String otherAddress = "other-" + address;
        dispatcher.withAddress(org, "en", otherAddress);
        String endpoint = dispatcher.withWebhookAndMail(org);
        String otherEndpoint = dispatcher.withEndpoint(org);
        ToldStanding.OfOrganisation standing = new ToldStanding.OfOrganisation(endpoint, address);
        ToldModel model = new ToldModel(standing);
        ToldHistory history = new ToldHistory(dispatcher, "org:" + org, random, model);

        // When
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(100);
            if (dice < 53) {
                history.match();
            } else if (dice < 63) {
                history.repeat();
            } else if (dice < 68) {
                history.followUps();
            } else if (dice < 74) {
                history.lateTogether();
            } else if (dice < 90) {
                settle(random, history, model);
            } else if (dice < 92) {
                replaceAddress(standing, standing.address.equals(address) ? otherAddress : address);
            } else if (dice < 94) {
                replaceEndpoint(standing, standing.endpoint.equals(endpoint) ? otherEndpoint : endpoint);
            } else {
                change(random, history, standing);
            }
        }

        // Then
        history.assertTold(seed);
    }

    /** A webhook that was asked for ends, or one that failed is sent again. */
    private void settle(Random random, ToldHistory history, ToldModel model) {
        List<String> webhooks = dispatcher.rows("""
                select n.notification_id, l.destination, l.message_id
                from notification_dispatcher.notification n
                join notification_dispatcher.ledger l using (notification_id)
                left join notification_dispatcher.kept_notice k using (notification_id, destination)
                where n.audience = ? and l.destination <> 'email' and l.state in ('pending', 'failed')
                  and not (l.state = 'pending' and k.held)
                order by n.created_at, l.destination
                """, "org:" + org);
        if (webhooks.isEmpty()) {
            return;
        }
        String[] webhook = webhooks.get(random.nextInt(webhooks.size())).split(" ", -1);
        List<String> notifications = history.notifications();
        assertEquals(model.notices().size(), notifications.size(), "notifications");
        boolean delivered = random.nextBoolean();
        DeliverySettled settled = DeliverySettled.newBuilder()
                .setNotificationId(webhook[0])
                .setDestination(webhook[1])
                .setMessageId(webhook[2])
                .setOutcome(delivered ? DeliveryOutcome.DELIVERED : DeliveryOutcome.FAILED)
                .setAttempts(1)
                .setSettledAt(Samples.PUBLISHED)
                .build();
        new SettledHandler(
                        dispatcher.bean(SqlClient.class),
                        dispatcher.bean(LedgerRepository.class),
                        dispatcher.bean(ExhaustedWebhook.class),
                        dispatcher.bean(ResentWebhook.class),
                        dispatcher.bean(Quarantine.class))
                .handle(List.of(new ConsumerRecord<>(
                        Topics.DELIVERY_SETTLED.name(),
                        0,
                        0,
                        new byte[0],
                        MessageCodec.of(DeliverySettled.class).encode(settled))));
        dispatcher.bean(CorrectionProcessor.class).doDue();
        model.notices().settle(notifications.indexOf(webhook[0]), webhook[1], delivered);
    }

    private void replaceAddress(ToldStanding.OfOrganisation standing, String address) {
        standing.address = address;
        standing.since().computeIfPresent(EMAIL, (_, _) -> now());
        save(standing);
    }

    private void replaceEndpoint(ToldStanding.OfOrganisation standing, String endpoint) {
        boolean isOn = standing.since().remove(standing.endpoint) != null;
        standing.endpoint = endpoint;
        if (isOn) {
            standing.since().put(endpoint, now());
        }
        save(standing);
    }

    private void change(Random random, ToldHistory history, ToldStanding.OfOrganisation standing) {
        String destination = random.nextBoolean() ? standing.endpoint : EMAIL;
        switch (random.nextInt(4)) {
            case 0 -> {
                standing.guard = random.nextBoolean();
                standing.webhooks = random.nextBoolean();
                dispatcher.ok(
                        "PUT",
                        "/v1/orgs/" + org + "/entitlements",
                        dispatcher.admin(),
                        "{\"guard\":" + standing.guard + ",\"webhooks\":" + standing.webhooks + "}");
            }
            case 1 -> {
                standing.floor = random.nextBoolean() ? Optional.empty() : Optional.of(Severity.HIGH);
                save(standing);
            }
            case 2 -> {
                if (standing.since().remove(destination) == null) {
                    standing.since().put(destination, now());
                }
                save(standing);
            }
            default -> {
                // As if it had been saved at another time.
                Instant since = history.anyTime();
                if (standing.since().replace(destination, since) != null) {
                    dispatcher.update(
                            "update notification_dispatcher.breach_settings set "
                                    + (destination.equals(EMAIL) ? "email" : "webhook") + "_saved_at = '" + since
                                    + "' where org_id = ?",
                            org);
                }
            }
        }
    }

    /** Nothing was fetched around it. */
    private static Instant now() {
        return dispatcher.bean(Clock.class).instant();
    }

    private void save(ToldStanding.OfOrganisation standing) {
        String floor = standing.floor.isEmpty() ? "" : ",\"minimum_severity\":\"high\"";
        dispatcher.ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                dispatcher.owner(org),
                "{\"webhook\":{\"enabled\":" + standing.since().containsKey(standing.endpoint) + ",\"endpoint_id\":\""
                        + standing.endpoint + "\"},\"email\":{\"enabled\":"
                        + standing.since().containsKey(EMAIL) + ",\"address\":\"" + standing.address + "\"}" + floor
                        + "}");
    }
}
