package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;

/**
 * The service killed hard in the middle of what it was given: whoever was to be told is told, and the ledger has one row with an end for each notification and
 * destination. {@code -Dtocsin.test.kills=50} is the long form.
 */
class KilledDispatcherTellsEverybodyTest {

    private static final Logger LOG = LoggerFactory.getLogger(KilledDispatcherTellsEverybodyTest.class);
    private static final int KILLS = Integer.getInteger("tocsin.test.kills", 2);
    private static final int ORGANISATIONS = 4;
    private static final int PACKAGES_PER_LIFE = 15;
    /** Of all that was sent in earlier lives: as many come again in the fiftieth as in the second. */
    private static final int REPEATS_PER_LIFE = 12;

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Pattern READY = Pattern.compile("service\\.started");
    private static final Pattern UNACCOUNTED = Pattern.compile("(?m)^tocsin_ledger_unaccounted(?:\\{[^}]*})? (\\S+)$");
    private static final String BREACHES = " from notification_dispatcher.ledger l"
            + " join notification_dispatcher.notification n using (notification_id) where n.kind = 'breach'";
    private static final String ROWS = "select count(*)" + BREACHES;
    private static final String STATES =
            "select l.state || ' ' || count(*)" + BREACHES + " group by l.state order by 1";

    /** The same on each run, so that what fails can be looked for. */
    private final Random random = new Random(6);

    private final int port = FreePorts.one();
    private final List<String> orgs = new ArrayList<>();
    private final Set<String> endpoints = new HashSet<>();
    private final Set<String> settled = new HashSet<>();
    private final List<AdvisoryMatched> sent = new ArrayList<>();

    @Test
    void everyNotificationHasOneEndHoweverOftenItIsKilled() {
        RunningDispatcher dispatcher = RunningDispatcher.beside(Map.of());
        try (dispatcher) {
            for (int i = 0; i < ORGANISATIONS; i++) {
                String org = RunningDispatcher.newOrg();
                orgs.add(org);
                endpoints.add(dispatcher.withWebhookAndMail(org));
            }
        }
        ChildProcess.Builder program = dispatcher.asProcess(port);
        ChildProcess life = start(program);
        try {
            for (int kill = 0; kill < KILLS; kill++) {
                // When it is killed in the middle of what it was given
                int before = rows(dispatcher, ROWS);
                give(dispatcher, kill);
                int enough = before + 1 + random.nextInt(ORGANISATIONS * PACKAGES_PER_LIFE);
                await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> rows(dispatcher, ROWS) >= enough);
                settleWhatWasAsked(dispatcher);
                life.killHard();
                life = start(program);
            }

            // Then
            int packages = KILLS * PACKAGES_PER_LIFE;
            int notifications = packages * ORGANISATIONS;
            // What comes again after the last kill grows with their number.
            await().atMost(LONG.plusSeconds(2L * KILLS))
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> {
                        settleWhatWasAsked(dispatcher);
                        assertEquals(List.of("delivered " + 2 * notifications), dispatcher.rows(STATES));
                    });
            assertEquals(notifications, rows(dispatcher, """
                            select count(*) from (
                              select n.audience, n.subject from notification_dispatcher.notification n
                              join notification_dispatcher.ledger l using (notification_id) where n.kind = 'breach'
                              group by 1, 2 having count(*) = 2 and count(distinct l.destination) = 2) each
                            """));
            assertEquals("0.0", unaccounted());
            assertEquals(0, rows(dispatcher, "select count(*) from notification_dispatcher.kept_notice"));
            assertEquals(
                    List.of(),
                    dispatcher.records(
                            Topics.quarantineOf("notification-dispatcher").name()));
            // A mail that was under way at a kill may come twice, as the same to its reader.
            int mails = 0;
            for (String org : orgs) {
                List<String> ids = dispatcher.mails(org + "@example.com").stream()
                        .filter(it -> !it.text().orElse("").contains("/email-confirmations/"))
                        .map(it -> it.header("Message-ID").orElseThrow())
                        .toList();
                assertEquals(packages, new TreeSet<>(ids).size());
                mails += ids.size();
            }
            LOG.atInfo()
                    .addKeyValue("kills", KILLS)
                    .addKeyValue("notifications", notifications)
                    .addKeyValue("repeatedMails", mails - notifications)
                    .log("kills.survived");
        } finally {
            life.close();
        }
    }

    private static ChildProcess start(ChildProcess.Builder program) {
        ChildProcess process = program.start();
        process.awaitLine(READY, LONG);
        return process;
    }

    /** New matches, some of them twice, matches of before once more, and the same incidents by a second feed. */
    private void give(RunningDispatcher dispatcher, int life) {
        List<AdvisoryMatched> before = List.copyOf(sent);
        for (String org : orgs) {
            IntStream.range(0, PACKAGES_PER_LIFE).forEach(i -> {
                String name = "pkg-" + life + "-" + i;
                AdvisoryMatched first = matched(org, "osv", name);
                send(dispatcher, first);
                if (i % 3 == 0) {
                    send(dispatcher, first);
                }
                if (i % 5 == 0) {
                    send(dispatcher, matched(org, "second", name));
                }
            });
        }
        for (int i = 0; i < REPEATS_PER_LIFE && !before.isEmpty(); i++) {
            send(dispatcher, before.get(random.nextInt(before.size())));
        }
    }

    private static AdvisoryMatched matched(String org, String feed, String name) {
        return Samples.matched(
                        "org:" + org,
                        Samples.advisory()
                                .setFeed(feed)
                                .setAdvisoryId("MAL-" + name)
                                .setPackageName(name),
                        List.of(Samples.download("e-" + name, "2026-04-15T08:30:00Z", Samples.human("u1"))))
                .build();
    }

    private void send(RunningDispatcher dispatcher, AdvisoryMatched matched) {
        sent.add(matched);
        dispatcher.produce(Topics.ADVISORY_MATCHED.name(), matched.getAudience(), Samples.CODEC.encode(matched));
    }

    /** As the sender does, at least once. */
    private void settleWhatWasAsked(RunningDispatcher dispatcher) {
        for (String org : orgs) {
            for (WebhookRequested webhook : dispatcher.webhooks(org)) {
                if (endpoints.contains(webhook.getEndpointId()) && settled.add(webhook.getWebhookId())) {
                    dispatcher.settle(webhook, DeliveryOutcome.DELIVERED);
                }
            }
        }
    }

    private static int rows(RunningDispatcher dispatcher, String count) {
        return Integer.parseInt(dispatcher.rows(count).getFirst());
    }

    private String unaccounted() {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String metrics = http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return UNACCOUNTED
                    .matcher(metrics)
                    .results()
                    .map(it -> it.group(1))
                    .findFirst()
                    .orElse("nothing of it in the metrics");
        } catch (IOException e) {
            return "no metrics: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
