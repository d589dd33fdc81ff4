package tocsin.local.journey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.local.CommandRun;
import tocsin.local.api.Organisation;
import tocsin.local.backfill.BackfillCommand;
import tocsin.local.stack.ConsumerProgressClient;
import tocsin.local.stack.ServiceProcess;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;

/** A matcher that lost its state, and whose topic has aged out, knows again what was fetched; nobody is told twice. */
class BackfillJourneyTest {

    private static final String REBORN = "advisory-matcher-2";

    @TempDir
    Path folder;

    @Test
    void ringsForWhatOnlyTheHistoryRemembers() throws Exception {
        Journey journey = Journey.shared();
        // Given an organisation that was told of one download, and fetched another
        Organisation organisation = journey.organisation("backfill-org");
        DownloadObserved told = Sample.download(organisation, "told-before", Sample.BAD, journey.now());
        DownloadObserved other = Sample.download(organisation, "only-in-history", Sample.BAD, journey.now());
        journey.observe(told, other);
        journey.awaitTakenIn(told, other);
        journey.publish(Sample.advisory("MAL-told", "told-before", journey.now()));
        journey.awaitWebhook(organisation, "told-before");
        journey.awaitLedger(organisation, "told-before", 2);
        awaitHistory(journey);

        // When the matcher begins anew, and the topic holds nothing any more
        ServiceProcess matcher = journey.stack().service("advisory-matcher");
        matcher.stop();
        empty(journey);
        matcher.configure("TOCSIN_MATCHER_APPLICATION_ID", REBORN);
        matcher.start();
        matcher.awaitReady();
        journey.matcherIs(REBORN);
        CommandRun run = backfill(
                journey, "--since", journey.now().minus(1, ChronoUnit.DAYS).toString(), "--json");

        // Then
        assertEquals(0, run.exitCode(), run.err());
        List<String> lines = run.out().lines().toList();
        assertTrue(lines.getLast().contains("\"state\":\"done\""), run.out());
        assertTrue(lines.getLast().contains("\"published_rows\":" + rowsOfTheHistory(journey)), run.out());
        awaitTakenIn(journey);
        journey.publish(Sample.advisory("MAL-other", "only-in-history", journey.now()));
        journey.awaitWebhook(organisation, "only-in-history");
        journey.awaitLedger(organisation, "only-in-history", 2);
        assertEquals(1, journey.webhooks(organisation, "told-before").size());
        assertEquals(1, journey.mails(organisation.address(), "told-before").size());

        // And what can be asked of one that has ended
        String id = idOf(run);
        assertEquals(0, backfill(journey, "--watch", id).exitCode());
        CommandRun cancelled = backfill(journey, "--cancel", id);
        assertEquals(1, cancelled.exitCode());
        assertTrue(cancelled.err().contains("409"), cancelled.err());
        CommandRun slow =
                backfill(journey, "--since", "2000-01-01T00:00:00Z", "--rows-per-second", "1", "--detach", "--json");
        assertEquals(0, slow.exitCode(), slow.err());
        assertTrue(slow.out().contains("\"rows_per_second\":1"), slow.out());
        assertEquals(0, backfill(journey, "--cancel", idOf(slow)).exitCode());
    }

    private static String idOf(CommandRun run) {
        return run.out().lines().findFirst().orElseThrow().replaceFirst("Backfill ([^ ]+) .*", "$1");
    }

    private static long rowsOfTheHistory(Journey journey) throws SQLException {
        try (Connection connection =
                        journey.stack().database().dataSource("tocsin").getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from download_tracker.download")) {
            row.next();
            return row.getLong(1);
        }
    }

    private CommandRun backfill(Journey journey, String... arguments) throws Exception {
        Path token = folder.resolve("token");
        Files.writeString(
                token, journey.stack().issuer().token("operator").scope("admin").sign());
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 4);
        all[arguments.length] = "--tracker";
        all[arguments.length + 1] = journey.stack().addresses().tracker().toString();
        all[arguments.length + 2] = "--token-file";
        all[arguments.length + 3] = token.toString();
        return CommandRun.of(new BackfillCommand(), all);
    }

    private static void awaitHistory(Journey journey) {
        try (ConsumerProgressClient progress =
                new ConsumerProgressClient(journey.stack().brokerAddress())) {
            Journey.require(
                    progress.awaitCaughtUp("download-tracker-history", Topics.DOWNLOAD_RECORDED, Journey.LIMIT),
                    "the history did not catch up");
        }
    }

    private static void awaitTakenIn(Journey journey) {
        try (ConsumerProgressClient progress =
                new ConsumerProgressClient(journey.stack().brokerAddress())) {
            Journey.require(
                    progress.awaitCaughtUp(REBORN, Topics.DOWNLOAD_RECORDED, Journey.LIMIT),
                    "the new matcher did not take in the downloads");
            Journey.require(
                    progress.awaitCaughtUp(REBORN, Topics.ADVISORY_FANOUT, Journey.LIMIT),
                    "the new matcher did not take in the advisories");
        }
    }

    private static void empty(Journey journey) throws Exception {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", journey.stack().brokerAddress().bootstrapServers()))) {
            String topic = Topics.DOWNLOAD_RECORDED.name();
            Set<TopicPartition> partitions =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
                            .map(partition -> new TopicPartition(topic, partition.partition()))
                            .collect(Collectors.toSet());
            admin.deleteRecords(partitions.stream()
                            .collect(Collectors.toMap(partition -> partition, _ -> RecordsToDelete.beforeOffset(-1))))
                    .all()
                    .get();
        }
        assertEquals(List.of(), journey.recorded());
    }
}
