package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.dispatcher.ledger.ExhaustedWebhook;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.ResentWebhook;
import tocsin.dispatcher.ledger.SettledHandler;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.Severity;
import tocsin.service.kafka.Quarantine;

/**
 * Random matches, repeats, aliases, revisions, withdrawals, late downloads, ends of webhooks and changes of settings, in random order, to a webhook and an
 * address that are told since different times, and switched off and on: what is told where is what a plain model says, and nobody is told twice.
 */
class ToldOracleTest {

    static final String WEBHOOK = "webhook";
    static final String EMAIL = "email";

    private static final List<String> ADVISORIES = List.of("GHSA-1", "MAL-1", "PYSEC-1", "CVE-2026-1");
    private static final List<String> VERSIONS = List.of("1.0.0", "1.1.0", "2.0.0");
    private static final List<Severity> SEVERITIES = List.of(Severity.values());
    private static final int DOWNLOADS = 24;
    private static final int STEPS = 100;

    private static RunningDispatcher dispatcher;

    private final String org = RunningDispatcher.newOrg();
    private final ToldModel model = new ToldModel();
    private final List<byte[]> sent = new ArrayList<>();
    /** Ids of all matches that waited. */
    private final Set<String> waited = new HashSet<>();

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
        String endpoint = dispatcher.withWebhookAndMail(org);
        List<AffectedDownload> downloads = downloads(random);

        // When
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(100);
            if (dice < 55) {
                match(random, downloads);
            } else if (dice < 65) {
                repeat(random);
            } else if (dice < 70) {
                followUps();
            } else if (dice < 76) {
                lateTogether(random, downloads);
            } else if (dice < 93) {
                settle(random);
            } else {
                change(random, endpoint);
            }
        }
        followUps();

        // Then
        List<String> told = told();
        assertEquals(model.notifications(), told, "seed " + seed);
        // Whatever the model says: what waited and went counts once, also of those that went together.
        Set<String> before = Set.copyOf(waited);
        List.copyOf(sent).stream()
                .filter(it -> before.contains(MatchReader.read(it).id().toString()))
                .forEach(this::send);
        followUps();
        assertEquals(told, told(), "seed " + seed);
    }

    private static List<AffectedDownload> downloads(Random random) {
        List<AffectedDownload> downloads = new ArrayList<>();
        for (int i = 0; i < DOWNLOADS; i++) {
            Instant at = Samples.PUBLISHED.minusSeconds(60L * i);
            downloads.add(AffectedDownload.newBuilder(
                            Samples.download("e" + (char) ('a' + i), at.toString(), Samples.human("u1")))
                    .setVersion(VERSIONS.get(random.nextInt(VERSIONS.size())))
                    .build());
        }
        return downloads;
    }

    private void match(Random random, List<AffectedDownload> downloads) {
        boolean late = random.nextInt(3) == 0;
        List<AffectedDownload> some = new ArrayList<>(downloads);
        Collections.shuffle(some, random);
        some = new ArrayList<>(some.subList(0, late ? 1 : 1 + random.nextInt(5)));
        some.sort(Comparator.comparing(AffectedDownload::getFetchedAt).reversed());
        AdvisoryMatched.Builder matched = Samples.matched(
                "org:" + org, advisory(random, random.nextInt(ADVISORIES.size()), 1 + random.nextInt(8)), some);
        send(Samples.CODEC.encode(matched.setLate(late).build()));
    }

    /** Several advisories, of which some are one incident, name the same few downloads late: who speaks first is seen in what each tells. */
    private void lateTogether(Random random, List<AffectedDownload> downloads) {
        List<AffectedDownload> few = new ArrayList<>(downloads);
        Collections.shuffle(few, random);
        for (int number = 0; number < ADVISORIES.size(); number++) {
            // Revisions that stand, of severities of their own.
            int revision = 5 + random.nextInt(3);
            send(Samples.CODEC.encode(Samples.matched(
                            "org:" + org, advisory(random, number, revision), List.of(few.get(random.nextInt(2))))
                    .setLate(true)
                    .build()));
        }
        followUps();
    }

    private AdvisoryAccepted.Builder advisory(Random random, int number, int revision) {
        AdvisoryAccepted.Builder advisory = Samples.advisory()
                .setAdvisoryId(ADVISORIES.get(number))
                .setPackageName("oracle-" + org)
                .setRevision(Samples.PUBLISHED.plusSeconds(revision))
                // A revision says the same whenever it comes.
                .setSeverity(SEVERITIES.get((number + revision) % SEVERITIES.size()))
                .setAliases(
                        random.nextInt(6) == 0
                                ? List.of(ADVISORIES.get(random.nextInt(ADVISORIES.size())))
                                : List.of());
        if (revision % 4 == 0) {
            advisory.setWithdrawnAt(Samples.PUBLISHED.plusSeconds(revision));
        }
        return advisory;
    }

    /** A webhook that was asked for ends, or one that failed is sent again. */
    private void settle(Random random) {
        List<String> webhooks = dispatcher.rows("""
                select n.notification_id, l.destination, l.message_id
                from notification_dispatcher.notification n
                join notification_dispatcher.ledger l using (notification_id)
                left join notification_dispatcher.kept_notice k using (notification_id, destination)
                where n.audience = ? and l.destination <> 'email' and l.state in ('pending', 'failed')
                  and not (l.state = 'pending' and k.held)
                order by n.created_at
                """, "org:" + org);
        if (webhooks.isEmpty()) {
            return;
        }
        String[] webhook = webhooks.get(random.nextInt(webhooks.size())).split(" ", -1);
        int number = notifications().indexOf(webhook[0]);
        assertEquals(model.size(), notifications().size(), "notifications");
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
        model.settle(number, delivered);
    }

    private List<String> notifications() {
        return dispatcher.rows("""
                select notification_id from notification_dispatcher.notification
                where audience = ? and kind <> 'address_confirmation' order by created_at
                """, "org:" + org);
    }

    private void repeat(Random random) {
        if (!sent.isEmpty()) {
            send(sent.get(random.nextInt(sent.size())));
        }
    }

    private void send(byte[] bytes) {
        sent.add(bytes);
        // What has not left is never corrected, and how fast the mail server is, is nobody's question here.
        dispatcher.update(
                "update notification_dispatcher.ledger l set state = 'delivered' from notification_dispatcher.notification n"
                        + " where n.notification_id = l.notification_id and l.state = 'pending' and l.destination = 'email'"
                        + " and n.audience = ?",
                "org:" + org);
        dispatcher
                .bean(MatchDispatch.class)
                .dispatch(MatchReader.read(bytes), bytes, new LateRepository.Origin(0, sent.size()));
        model.match(MatchReader.read(bytes));
    }

    private void followUps() {
        waited.addAll(dispatcher.rows(
                "select match_id from notification_dispatcher.late_match where audience = ?", "org:" + org));
        LateRepository late = dispatcher.bean(LateRepository.class);
        Instant tomorrow = dispatcher.bean(Clock.class).instant().plus(Duration.ofDays(2));
        late.due(tomorrow, 1000).stream()
                .filter(due -> due.audience().text().equals("org:" + org))
                .forEach(dispatcher.bean(FollowUps.class)::tell);
        model.followUps();
    }

    private void change(Random random, String endpoint) {
        switch (random.nextInt(4)) {
            case 0 -> {
                model.entitled = random.nextBoolean();
                model.webhooks = random.nextBoolean();
                dispatcher.ok(
                        "PUT",
                        "/v1/orgs/" + org + "/entitlements",
                        dispatcher.admin(),
                        "{\"guard\":" + model.entitled + ",\"webhooks\":" + model.webhooks + "}");
            }
            case 1 -> {
                model.floor = random.nextBoolean() ? Optional.empty() : Optional.of(Severity.HIGH);
                save(endpoint);
            }
            case 2 -> {
                String destination = random.nextBoolean() ? WEBHOOK : EMAIL;
                if (model.savedAt.remove(destination) == null) {
                    // From now on, which is after all that was fetched.
                    model.savedAt.put(destination, Instant.MAX);
                }
                save(endpoint);
            }
            default -> {
                String destination = random.nextBoolean() ? WEBHOOK : EMAIL;
                Instant since = Samples.PUBLISHED.minusSeconds(60L * random.nextInt(12));
                if (model.savedAt.replace(destination, since) != null) {
                    dispatcher.update(
                            "update notification_dispatcher.breach_settings set " + destination + "_saved_at = '"
                                    + since + "' where org_id = ?",
                            org);
                }
            }
        }
    }

    private void save(String endpoint) {
        String floor = model.floor.isEmpty() ? "" : ",\"minimum_severity\":\"high\"";
        dispatcher.ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                dispatcher.owner(org),
                "{\"webhook\":{\"enabled\":" + model.savedAt.containsKey(WEBHOOK) + ",\"endpoint_id\":\"" + endpoint
                        + "\"},\"email\":{\"enabled\":" + model.savedAt.containsKey(EMAIL) + ",\"address\":\"" + org
                        + "@example.com\"}" + floor + "}");
    }

    private record Row(String notification, String kind, String destination, String state) {

        static Row of(String columns) {
            String[] row = columns.split(" ", -1);
            return new Row(row[0], row[1], row[2].equals(EMAIL) ? EMAIL : WEBHOOK, row[3]);
        }

        boolean isAsked() {
            return !state.equals("suppressed") && !state.equals("held");
        }

        /** What was told by the request of the row. */
        String told(Map<String, String> downloads) {
            return " " + destination + " " + (isAsked() ? downloads.get(notification + destination) : state);
        }
    }

    /** Kind and downloads of each notification, as its webhook and its mail were asked for. */
    private List<String> told() {
        List<Row> rows =
                dispatcher.rows("""
                        select n.notification_id, n.kind, l.destination, case when k.held and l.state = 'pending' then 'held' else l.state end
                        from notification_dispatcher.notification n
                        join notification_dispatcher.ledger l using (notification_id)
                        left join notification_dispatcher.kept_notice k using (notification_id, destination)
                        where n.audience = ? and n.kind <> 'address_confirmation' order by n.created_at, l.destination
                        """, "org:" + org).stream().map(Row::of).toList();
        Map<String, String> downloads = new HashMap<>();
        await().atMost(RunningDispatcher.SOON).until(() -> {
            dispatcher
                    .webhooks(org)
                    .forEach(it -> downloads.put(
                            it.getNotificationId() + WEBHOOK, events(it.getData(), "{\"timestamp\":\"%s\"")));
            dispatcher
                    .emails("org:" + org)
                    .forEach(it -> downloads.put(it.getNotificationId() + EMAIL, events(it.getText(), "\n%s  ")));
            return rows.stream()
                    .filter(Row::isAsked)
                    .allMatch(it -> downloads.containsKey(it.notification() + it.destination()));
        });
        Map<String, List<Row>> byNotification = new LinkedHashMap<>();
        rows.forEach(it -> byNotification
                .computeIfAbsent(it.notification(), _ -> new ArrayList<>())
                .add(it));
        return byNotification.values().stream()
                .map(each -> each.getFirst().kind()
                        + each.stream()
                                .sorted(Comparator.comparing(Row::destination))
                                .map(it -> it.told(downloads))
                                .collect(Collectors.joining()))
                .toList();
    }

    /** Each download has a time of its own, which stands in the list like this. */
    private static String events(String text, String listed) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < DOWNLOADS; i++) {
            String at = Samples.PUBLISHED.minusSeconds(60L * i).toString();
            if (text.contains(listed.formatted(at))) {
                events.add("e" + (char) ('a' + i));
            }
        }
        return String.join(",", events);
    }
}
