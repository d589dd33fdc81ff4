package tocsin.dispatcher.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Severity;

/**
 * Random matches, repeats, aliases, revisions, withdrawals, late downloads and changes of settings, in random order: what is told is what a plain model
 * says, and nobody is told twice.
 */
class ToldOracleTest {

    private static final List<String> ADVISORIES = List.of("GHSA-1", "MAL-1", "PYSEC-1", "CVE-2026-1");
    private static final List<String> VERSIONS = List.of("1.0.0", "1.1.0", "2.0.0");
    private static final List<Severity> SEVERITIES = List.of(Severity.values());
    private static final int STEPS = 80;

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
        String endpoint = dispatcher.withWebhook(org);
        List<AffectedDownload> downloads = downloads(random);

        // When
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(100);
            if (dice < 70) {
                match(random, downloads);
            } else if (dice < 85) {
                repeat(random);
            } else if (dice < 93) {
                followUps();
            } else {
                change(random, endpoint);
            }
        }
        followUps();

        // Then
        List<String> told = told();
        assertEquals(model.notifications, told, "seed " + seed);
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
        for (int i = 0; i < 12; i++) {
            Instant at = Samples.PUBLISHED.minusSeconds(60L * i);
            downloads.add(AffectedDownload.newBuilder(
                            Samples.download("e" + (char) ('a' + i), at.toString(), Samples.human("u1")))
                    .setVersion(VERSIONS.get(random.nextInt(VERSIONS.size())))
                    .build());
        }
        return downloads;
    }

    private void match(Random random, List<AffectedDownload> downloads) {
        int revision = 1 + random.nextInt(8);
        int number = random.nextInt(ADVISORIES.size());
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
        boolean late = random.nextInt(3) == 0;
        List<AffectedDownload> some = new ArrayList<>(downloads);
        Collections.shuffle(some, random);
        some = new ArrayList<>(some.subList(0, late ? 1 : 1 + random.nextInt(5)));
        some.sort(Comparator.comparing(AffectedDownload::getFetchedAt).reversed());
        AdvisoryMatched.Builder matched =
                Samples.matched("org:" + org, advisory, some).setLate(late);
        send(Samples.CODEC.encode(matched.build()));
    }

    private void repeat(Random random) {
        if (!sent.isEmpty()) {
            send(sent.get(random.nextInt(sent.size())));
        }
    }

    private void send(byte[] bytes) {
        sent.add(bytes);
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
        switch (random.nextInt(3)) {
            case 0 -> {
                model.entitled = random.nextBoolean();
                dispatcher.ok(
                        "PUT",
                        "/v1/orgs/" + org + "/entitlements",
                        dispatcher.admin(),
                        "{\"guard\":" + model.entitled + ",\"webhooks\":true}");
            }
            case 1 -> {
                model.floor = random.nextBoolean() ? Optional.empty() : Optional.of(Severity.HIGH);
                String floor = model.floor.isEmpty() ? "" : ",\"minimum_severity\":\"high\"";
                dispatcher.ok(
                        "PUT",
                        "/v1/orgs/" + org + "/breach-notifications",
                        dispatcher.owner(org),
                        "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint + "\"}" + floor + "}");
            }
            default -> {
                model.savedAt = Samples.PUBLISHED.minusSeconds(60L * random.nextInt(12));
                dispatcher.update(
                        "update notification_dispatcher.breach_settings set webhook_saved_at = '" + model.savedAt
                                + "' where org_id = ?",
                        org);
            }
        }
    }

    /** Kind and downloads of each notification, as its webhook was asked for. */
    private List<String> told() {
        List<String> notifications = dispatcher.rows("""
                select n.notification_id, n.kind, l.state from notification_dispatcher.notification n
                join notification_dispatcher.ledger l using (notification_id)
                where n.audience = ? order by n.created_at
                """, "org:" + org);
        int asked = (int)
                notifications.stream().filter(it -> it.endsWith(" pending")).count();
        Map<String, String> downloads = new HashMap<>();
        dispatcher
                .awaitWebhooks(org, asked)
                .forEach(webhook -> downloads.put(webhook.getNotificationId(), events(webhook.getData())));
        return notifications.stream()
                .map(it -> it.split(" ", -1))
                .map(it -> it[1]
                        + (it[2].equals("suppressed")
                                ? " suppressed"
                                : it[1].equals("withdrawn") ? "" : " " + downloads.get(it[0])))
                .toList();
    }

    /** Each download has a time of its own. */
    private static String events(String data) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String at = Samples.PUBLISHED.minusSeconds(60L * i).toString();
            if (data.contains("{\"timestamp\":\"" + at + "\"")) {
                events.add("e" + (char) ('a' + i));
            }
        }
        return String.join(",", events);
    }
}
