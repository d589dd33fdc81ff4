package tocsin.local.journey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import tocsin.local.api.Organisation;
import tocsin.local.running.Waiting;
import tocsin.schemas.avro.DownloadObserved;

/**
 * A database from before is behind Kafka. Brought back as {@code docs/operations.md} tells, nothing is lost, and nobody hears again what the
 * database knows he was told.
 */
abstract class RestoreJourney {

    /** As they are started again; the matcher has no schema, and goes on meanwhile. */
    private static final List<String> RESTORED =
            List.of("webhook-sender", "notification-dispatcher", "download-tracker");

    private static final long LIMIT_SECONDS = 20;

    private final Journey journey;
    private final Organisation organisation;

    RestoreJourney(Journey journey, Organisation organisation) {
        this.journey = journey;
        this.organisation = organisation;
    }

    @Test
    void losesNothingAndRepeatsNothingThatTheRestoredDatabaseKnows() throws Exception {
        // Given one alarm that the backup knows, one that it does not, and downloads of which no advisory tells yet
        Instant longBefore = journey.now();
        DownloadObserved later = fetch("told-while-stopped");
        DownloadObserved last = fetch("told-after-restore");
        ring("told-before-backup");
        journey.awaitTakenIn(later, last);
        DatabaseBackup backup = DatabaseBackup.take(journey.stack().database().dataSource("tocsin"));
        ring("told-after-backup");
        String firstId = webhookIds("told-after-backup").iterator().next();

        // When
        RESTORED.parallelStream()
                .forEach(service -> assertTrue(journey.stack().service(service).stop(), service + " did not stop"));
        journey.publish(Sample.advisory("MAL-told-while-stopped", "told-while-stopped", journey.now()));
        backup.restore();
        assertEquals(0, rowsOf("told-after-backup"));
        setBack(longBefore);
        start();

        // Then
        journey.publish(Sample.advisory("MAL-told-after-restore", "told-after-restore", journey.now()));
        for (String name : List.of("told-after-backup", "told-while-stopped", "told-after-restore")) {
            journey.awaitWebhook(organisation, name);
            journey.awaitMail(organisation.address(), name);
            assertEquals(
                    Set.of(organisation.endpoint().id() + ": delivered", "email: delivered"),
                    journey.awaitLedger(organisation, name, 2));
        }
        assertEquals(Set.of(firstId), webhookIds("told-after-backup"));
        assertEquals(1, mailIds("told-after-backup").size());
        assertEquals(1, journey.webhooks(organisation, "told-before-backup").size());
        assertEquals(
                1, journey.mails(organisation.address(), "told-before-backup").size());
        Journey.require(
                Waiting.until(() -> rowsOf("told-after-backup") == 1, Journey.LIMIT),
                "the history has not read again what it lost");
    }

    private DownloadObserved fetch(String name) {
        DownloadObserved download = Sample.download(organisation, name, Sample.BAD, journey.now());
        journey.observe(download);
        return download;
    }

    private void ring(String name) {
        journey.awaitTakenIn(fetch(name));
        journey.publish(Sample.advisory("MAL-" + name, name, journey.now()));
        journey.awaitLedger(organisation, name, 2);
    }

    private Set<String> webhookIds(String name) {
        return journey.webhooks(organisation, name).stream()
                .map(request -> request.header("webhook-id").orElseThrow())
                .collect(Collectors.toSet());
    }

    private Set<String> mailIds(String name) {
        return journey.mails(organisation.address(), name).stream()
                .map(mail -> mail.header("Message-ID").orElseThrow())
                .collect(Collectors.toSet());
    }

    /** In the history of downloads. */
    private long rowsOf(String name) {
        try (Connection connection =
                        journey.stack().database().dataSource("tocsin").getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select count(*) from download_tracker.download where package_name = '" + name + "'")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** What {@code kafka-consumer-groups.sh --reset-offsets --all-topics --to-datetime} does for each group of these services. */
    private void setBack(Instant moment) throws Exception {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", journey.stack().brokerAddress().bootstrapServers()))) {
            for (GroupListing listed : get(admin.listGroups().all())) {
                String group = listed.groupId();
                if (RESTORED.stream().noneMatch(group::startsWith)) {
                    continue;
                }
                letGo(admin, group);
                Map<TopicPartition, OffsetAndMetadata> committed =
                        get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
                Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
                committed.keySet().forEach(it -> asked.put(it, OffsetSpec.forTimestamp(moment.toEpochMilli())));
                Map<TopicPartition, ListOffsetsResultInfo> then =
                        get(admin.listOffsets(asked).all());
                committed.replaceAll((partition, now) -> then.get(partition).offset() < 0
                        ? now
                        : new OffsetAndMetadata(then.get(partition).offset()));
                get(admin.alterConsumerGroupOffsets(group, committed).all());
            }
        }
    }

    /** A member with a name of its own is kept a place when it stops, until its session is over. */
    private static void letGo(Admin admin, String group) throws Exception {
        ConsumerGroupDescription description =
                get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
        if (description != null && !description.members().isEmpty()) {
            get(admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
                    .all());
        }
    }

    private static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private void start() {
        RESTORED.forEach(service -> journey.stack().service(service).start());
        CompletableFuture.allOf(RESTORED.stream()
                        .map(service -> journey.stack().service(service))
                        .map(service -> CompletableFuture.runAsync(service::awaitReady))
                        .toArray(CompletableFuture[]::new))
                .join();
    }
}
