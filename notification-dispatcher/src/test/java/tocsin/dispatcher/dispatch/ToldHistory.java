package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.dispatcher.dispatch.ToldStanding.EMAIL;

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
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.dispatch.ToldIncident.Fetched;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Severity;

/** Random matches of one audience and one package: the dispatcher gets them, and {@link ToldModel} what the matcher knows. */
final class ToldHistory {

    private static final List<String> ADVISORIES = List.of("GHSA-1", "MAL-1", "PYSEC-1", "CVE-2026-1");
    private static final List<String> VERSIONS = List.of("1.0.0", "1.1.0", "2.0.0");
    private static final List<Severity> SEVERITIES = List.of(Severity.values());
    private static final int DOWNLOADS = 24;
    /** After all that anybody saves while a test runs. */
    private static final Instant LATER = Instant.parse("2099-01-01T00:00:00Z");
    /** In place of a thousand. */
    private static final int CAP = 4;

    private final RunningDispatcher dispatcher;
    private final String audience;
    private final Random random;
    private final ToldModel model;
    private final List<AffectedDownload> downloads = new ArrayList<>();

    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    private record Sent(byte[] match, Fetched fetched) {}

    private final List<Sent> sent = new ArrayList<>();
    /** Ids of all matches that waited. */
    private final Set<String> waited = new HashSet<>();

    ToldHistory(RunningDispatcher dispatcher, String audience, Random random, ToldModel model) {
        this.dispatcher = dispatcher;
        this.audience = audience;
        this.random = random;
        this.model = model;
        for (int i = 0; i < DOWNLOADS; i++) {
            downloads.add(AffectedDownload.newBuilder(
                            Samples.download(name(i), fetchedAt(i).toString(), Samples.human("u1")))
                    .setVersion(VERSIONS.get(random.nextInt(VERSIONS.size())))
                    .build());
        }
    }

    private static String name(int download) {
        return "e" + (char) ('a' + download);
    }

    /** Each has a time of its own. */
    private static Instant fetchedAt(int download) {
        return (download < DOWNLOADS / 2 ? LATER : Samples.PUBLISHED).minusSeconds(60L * download);
    }

    /** Some time at which one was fetched. */
    Instant anyTime() {
        return fetchedAt(random.nextInt(DOWNLOADS));
    }

    void match() {
        boolean late = random.nextInt(3) == 0;
        List<AffectedDownload> some = new ArrayList<>(downloads);
        Collections.shuffle(some, random);
        some = some.subList(0, late ? 1 : 1 + random.nextInt(CAP + 3));
        send(advisory(random.nextInt(ADVISORIES.size()), 1 + random.nextInt(8)), some, late);
    }

    /** Several advisories, of which some are one incident, name the same few downloads late: who speaks first is seen in what each tells. */
    void lateTogether() {
        List<AffectedDownload> few = new ArrayList<>(downloads);
        Collections.shuffle(few, random);
        for (int number = 0; number < ADVISORIES.size(); number++) {
            // Revisions that stand, of severities of their own.
            send(advisory(number, 5 + random.nextInt(3)), List.of(few.get(random.nextInt(2))), true);
        }
        followUps();
    }

    private AdvisoryAccepted.Builder advisory(int number, int revision) {
        AdvisoryAccepted.Builder advisory = Samples.advisory()
                .setAdvisoryId(ADVISORIES.get(number))
                .setPackageName("oracle-" + audience.replace(':', '-'))
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

    /** As the matcher does: the newest, with the time of the next one and the versions of all. */
    private void send(AdvisoryAccepted.Builder advisory, List<AffectedDownload> fetched, boolean late) {
        List<AffectedDownload> newestFirst = new ArrayList<>(fetched);
        newestFirst.sort(Comparator.comparing(AffectedDownload::getFetchedAt).reversed());
        var matched = Samples.matched(audience, advisory, newestFirst).setLate(late);
        Match all = MatchReader.read(Samples.CODEC.encode(matched.build()));
        int listed = Math.min(CAP, newestFirst.size());
        if (listed < newestFirst.size()) {
            matched.setDownloads(newestFirst.subList(0, listed))
                    .setNextOlderAt(newestFirst.get(listed).getFetchedAt());
        }
        send(new Sent(
                Samples.CODEC.encode(matched.build()),
                new Fetched(
                        all.id().toString(),
                        all.advisory(),
                        all.downloads().subList(0, listed),
                        all.downloads().subList(listed, newestFirst.size()),
                        late)));
    }

    void repeat() {
        if (!sent.isEmpty()) {
            send(sent.get(random.nextInt(sent.size())));
        }
    }

    private void send(Sent one) {
        sent.add(one);
        deliverMails();
        dispatcher
                .bean(MatchDispatch.class)
                .dispatch(MatchReader.read(one.match()), one.match(), new LateRepository.Origin(0, sent.size()));
        model.match(one.fetched());
    }

    /** What has not left is never corrected, and how fast the mail server is, is nobody's question here. */
    void deliverMails() {
        dispatcher.update("""
                update notification_dispatcher.ledger l set state = 'delivered' from notification_dispatcher.notification n
                where n.notification_id = l.notification_id and l.state = 'pending' and l.destination = 'email' and n.audience = ?
                """, audience);
    }

    void followUps() {
        waited.addAll(dispatcher.rows(
                "select match_id from notification_dispatcher.late_match where audience = ?", audience));
        LateRepository late = dispatcher.bean(LateRepository.class);
        Instant tomorrow = dispatcher.bean(Clock.class).instant().plus(Duration.ofDays(2));
        late.due(tomorrow, 1000).stream()
                .filter(due -> due.audience().text().equals(audience))
                .forEach(dispatcher.bean(FollowUps.class)::tell);
        model.followUps();
    }

    /** Ids of the notifications, in turn. */
    List<String> notifications() {
        return dispatcher.rows("""
                select notification_id from notification_dispatcher.notification
                where audience = ? and kind <> 'address_confirmation' order by created_at
                """, audience);
    }

    /** All that waited has gone, and all was told that the model says. */
    void assertTold(long seed) {
        followUps();
        List<String> told = told();
        assertEquals(model.notices().all(), told, "seed " + seed);
        // Whatever the model says: what waited and went counts once, also of those that went together.
        Set<String> before = Set.copyOf(waited);
        List.copyOf(sent).stream()
                .filter(it -> before.contains(it.fetched().id()))
                .forEach(this::send);
        followUps();
        assertEquals(told, told(), "seed " + seed);
    }

    private record Row(String notification, String kind, String destination, String state) {

        static Row of(String columns) {
            String[] row = columns.split(" ", -1);
            return new Row(row[0], row[1], row[2], row[3]);
        }

        boolean isAsked() {
            return !state.equals("suppressed") && !state.equals("held");
        }

        /** What was told by the request of the row. */
        String told(Map<String, String> requests) {
            return " " + destination + " " + (isAsked() ? requests.get(notification + destination) : state);
        }
    }

    /** Kind and downloads of each notification, as its webhook and its mail were asked for. */
    private List<String> told() {
        List<Row> rows = dispatcher.rows("""
                        select n.notification_id, n.kind, l.destination, case when k.held and l.state = 'pending' then 'held' else l.state end
                        from notification_dispatcher.notification n
                        join notification_dispatcher.ledger l using (notification_id)
                        left join notification_dispatcher.kept_notice k using (notification_id, destination)
                        where n.audience = ? and n.kind <> 'address_confirmation' order by n.created_at
                        """, audience).stream().map(Row::of).toList();
        Map<String, String> requests = new HashMap<>();
        await().atMost(RunningDispatcher.SOON).until(() -> {
            dispatcher
                    .webhooks(audience.replaceFirst("^org:", ""))
                    .forEach(it -> requests.put(
                            it.getNotificationId() + it.getEndpointId(),
                            listed(it.getData(), "{\"timestamp\":\"%s\"", "\"truncated\":true")));
            dispatcher
                    .emails(audience)
                    .forEach(it -> requests.put(
                            it.getNotificationId() + EMAIL,
                            it.getRecipient() + " " + listed(it.getText(), "\n%s  ", "(there are more)")));
            return rows.stream()
                    .filter(Row::isAsked)
                    .allMatch(it -> requests.containsKey(it.notification() + it.destination()));
        });
        Map<String, List<Row>> byNotification = new LinkedHashMap<>();
        rows.forEach(it -> byNotification
                .computeIfAbsent(it.notification(), _ -> new ArrayList<>())
                .add(it));
        return byNotification.values().stream()
                .map(each -> each.getFirst().kind()
                        + each.stream()
                                .sorted(Comparator.comparing(Row::destination))
                                .map(it -> it.told(requests))
                                .collect(Collectors.joining()))
                .toList();
    }

    /**
     * The downloads that a text lists.
     *
     * @param download how one stands there, by its time
     * @param more what stands there if there are more of them
     */
    private static String listed(String text, String download, String more) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < DOWNLOADS; i++) {
            if (text.contains(download.formatted(fetchedAt(i)))) {
                names.add(name(i));
            }
        }
        return String.join(",", names) + (text.contains(more) ? "+" : "");
    }
}
