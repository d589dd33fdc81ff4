package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.matcher.match.Advisories;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.AdvisoryScan;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.QuarantineHeaders;

class MatchTopologyTest {

    private static final Instant OLD = Instant.parse("2026-04-01T00:00:00Z");

    private final MatchPipe pipe = new MatchPipe();

    @AfterEach
    void close() {
        pipe.close();
    }

    @Test
    void matchesADownloadThatCameBeforeTheAdvisory() {
        // Given
        pipe.download(download("e1"));
        pipe.download(download("e2").setVersion("3.3.5"));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(Samples.ORG, match.getAudience());
        assertEquals("GHSA-1", match.getAdvisory().getAdvisoryId());
        assertEquals(List.of("e1"), eventIds(match));
        assertEquals(List.of("3.3.6"), match.getFetchedVersions());
        assertEquals(Optional.empty(), match.getNextOlderAt());
        assertFalse(match.getLate());
        DownloadRecorded told = download("e1").build();
        AffectedDownload download = match.getDownloads().getFirst();
        assertEquals(told.getFetchedAt(), download.getFetchedAt());
        assertEquals(told.getReceivedAt(), download.getReceivedAt());
        assertEquals(told.getPrincipal(), download.getPrincipal());
    }

    @Test
    void matchesADownloadThatComesAfterTheAdvisoryAsAMatchOfOne() {
        // Given
        pipe.publish(osv("GHSA-1"));

        // When
        pipe.download(download("e1"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(List.of("e1"), eventIds(match));
        assertTrue(match.getLate());
    }

    @Test
    void leavesAloneADownloadFetchedAndReceivedAfterTheAdvisoryCame() {
        // Given
        pipe.publish(osv("GHSA-1"));

        // When
        pipe.download(download("e1")
                .setFetchedAt(Samples.PUBLISHED.plusMillis(1))
                .setReceivedAt(Samples.PUBLISHED.plusMillis(1)));

        // Then
        assertEquals(List.of(), pipe.matches());
    }

    @Test
    void tellsEachAudienceOfItsOwnDownloadsOnly() {
        // Given
        String token = "token:" + "a".repeat(64);
        pipe.download(download("e1"));
        pipe.download(download("e2").setAudience(token));
        pipe.download(download("e3").setAudience("org:another").setVersion("3.3.5"));
        pipe.download(download("e4").setAudience("org:example-org2").setPackageName("another-package"));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        List<AdvisoryMatched> matches = pipe.matches();
        assertEquals(
                List.of(Samples.ORG, token),
                matches.stream().map(AdvisoryMatched::getAudience).sorted().toList());
        assertEquals(
                Set.of(List.of("e1"), List.of("e2")),
                matches.stream().map(MatchTopologyTest::eventIds).collect(Collectors.toSet()));
    }

    /** A build farm that fetches in sixteen parts has no fewer downloads than one that fetches at once. */
    @Test
    void tellsOfEveryDownloadHoweverManyPartsItCameIn() {
        // Given
        IntStream.range(0, 200)
                .forEach(i -> IntStream.range(0, 16)
                        .forEach(part -> pipe.download(download("e" + i)
                                .setFetchedAt(OLD.plusSeconds(60L * i).plusSeconds(part)))));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(
                IntStream.rangeClosed(1, 200).mapToObj(i -> "e" + (200 - i)).toList(), eventIds(match));
        assertEquals(Optional.empty(), match.getNextOlderAt());
    }

    @Test
    void tellsOfTheNewestThousandOf1001AndWhenTheNextOlderWas() {
        // Given
        IntStream.rangeClosed(0, 1000)
                .forEach(i -> pipe.download(download("e" + i)
                        .setVersion(i % 2 == 0 ? "3.3.6" : "3.3.7")
                        .setFetchedAt(OLD.plusSeconds(i))));

        // When
        pipe.publish(osv("GHSA-1").affecting("\"versions\": [\"3.3.6\", \"3.3.7\"]"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(
                IntStream.rangeClosed(1, 1000).mapToObj(i -> "e" + (1001 - i)).toList(), eventIds(match));
        assertEquals(Optional.of(OLD), match.getNextOlderAt());
        assertEquals(List.of("3.3.6", "3.3.7"), match.getFetchedVersions());
    }

    @Test
    void namesAVersionOfWhichAllDownloadsAreLeftOut() {
        // Given
        pipe.download(download("oldest").setVersion("3.3.5").setFetchedAt(OLD.minusSeconds(1)));
        IntStream.range(0, 1000).forEach(i -> pipe.download(download("e" + i).setFetchedAt(OLD.plusSeconds(i))));

        // When
        pipe.publish(osv("GHSA-1").affecting("\"versions\": [\"3.3.5\", \"3.3.6\"]"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(1000, match.getDownloads().size());
        assertEquals(List.of("3.3.5", "3.3.6"), match.getFetchedVersions());
        assertEquals(Optional.of(OLD.minusSeconds(1)), match.getNextOlderAt());
    }

    @Test
    void keepsTheNewestThousandOfVeryMany() {
        // Given
        IntStream.range(0, 2500).forEach(i -> pipe.download(download("e" + i).setFetchedAt(OLD.plusSeconds(i))));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals("e2499", eventIds(match).getFirst());
        assertEquals("e1500", eventIds(match).getLast());
        assertEquals(Optional.of(OLD.plusSeconds(1499)), match.getNextOlderAt());
    }

    @Test
    void findsTheAudienceOfVeryManyDownloadsForAnAdvisoryThatCountsOnlyEarlyOnes() {
        // Given
        IntStream.range(0, 2500).forEach(i -> pipe.download(download("e" + i).setFetchedAt(OLD.plusSeconds(i))));

        // When
        pipe.publish(Samples.published(osv("GHSA-1").json(), OLD.plusSeconds(5)));

        // Then
        assertEquals(List.of("e0"), eventIds(only(pipe.matches())));
    }

    /** 6000 versions as long as any may be, all of them fetched and listed words at their caps. */
    @Test
    void aMatchFitsItsTopicHoweverManyAndLongTheVersionsAre() {
        // Given
        IntStream.range(0, 6000)
                .forEach(i -> pipe.download(download("e".repeat(250) + i)
                        .setVersion("%0256d".formatted(i))
                        .setFetchedAt(OLD.plusSeconds(i))));
        String listed = IntStream.range(0, 510)
                .mapToObj(i -> "\"" + "\u5b57".repeat(250) + i + "\"")
                .collect(Collectors.joining(","));

        // When
        pipe.publish(osv("GHSA-1")
                .affecting("\"versions\": [" + listed
                        + "], \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]"));

        // Then
        TestRecord<byte[], byte[]> record = only(pipe.records(Topics.ADVISORY_MATCHED));
        AdvisoryMatched match = MessageCodec.of(AdvisoryMatched.class).decode(record.value());
        assertTrue(record.value().length < 1024 * 1024, () -> record.value().length + " bytes");
        assertEquals("%0256d".formatted(5999), match.getFetchedVersions().getLast());
        assertTrue(
                match.getFetchedVersions().size() > 500,
                () -> match.getFetchedVersions().size() + " versions");
        assertTrue(match.getDownloads().size() > 500, () -> match.getDownloads().size() + " downloads");
        assertTrue(match.getNextOlderAt().isPresent());
    }

    @Test
    void feedsBeyondTheLimitAreCountedTogether() {
        // When
        IntStream.range(0, FeedTags.MAX_FEEDS + 5)
                .forEach(i -> pipe.publish(
                        new AdvisoryPublished("feed-" + i, osv("GHSA-1").json(), Samples.PUBLISHED)));

        // Then
        assertEquals(
                FeedTags.MAX_FEEDS + 1,
                pipe.registry.find("tocsin.matcher.intake").counters().size());
        assertEquals(
                5,
                pipe.registry
                        .get("tocsin.matcher.intake")
                        .tag("feed", "other")
                        .counter()
                        .count());
    }

    @Test
    void keepsWhatALiveAdvisoryNeedsHoweverManyNewerDownloadsCome() {
        // Given
        pipe.publish(osv("GHSA-1"));
        pipe.download(download("affected"));
        IntStream.range(0, 2500)
                .forEach(i -> pipe.download(download("newer" + i)
                        .setFetchedAt(MatchPipe.NOW.plusSeconds(i))
                        .setReceivedAt(MatchPipe.NOW.plusSeconds(i))));
        pipe.matches();

        // When
        pipe.publish(osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z"));

        // Then
        assertEquals(List.of("affected"), eventIds(only(pipe.matches())));
    }

    @Test
    void aRepeatOfTheAdvisoryRepeatsTheMatchWithItsId() {
        // Given
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));
        AdvisoryMatched first = only(pipe.matches());

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        assertEquals(first, only(pipe.matches()));
    }

    @Test
    void aRepeatOfALateDownloadRepeatsTheMatchWithItsId() {
        // Given
        pipe.publish(osv("GHSA-1"));
        pipe.download(download("e1"));
        AdvisoryMatched first = only(pipe.matches());

        // When
        pipe.download(download("e1"));

        // Then
        assertEquals(first, only(pipe.matches()));
    }

    @Test
    void aRepeatOfADownloadIsToldOfOnce() {
        // Given
        pipe.download(download("e1"));
        pipe.download(download("e1"));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        assertEquals(List.of("e1"), eventIds(only(pipe.matches())));
    }

    @Test
    void anotherRevisionIsAnotherMatch() {
        // Given
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));
        String first = only(pipe.matches()).getMatchId();

        // When
        pipe.publish(osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z"));

        // Then
        assertFalse(first.equals(only(pipe.matches()).getMatchId()));
    }

    @Test
    void aWithdrawalIsMatchedWithTheDownloadsItWasToldOfAndSilencesLateOnes() {
        // Given
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));
        pipe.matches();

        // When
        pipe.publish(osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z").withdrawnAt("2026-04-18T00:00:00Z"));
        pipe.download(download("late"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(List.of("e1"), eventIds(match));
        assertEquals(
                Optional.of(Instant.parse("2026-04-18T00:00:00Z")),
                match.getAdvisory().getWithdrawnAt());
    }

    @Test
    void aWithdrawalThatSaysNothingMoreReachesAllThatWereTold() {
        // Given
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));
        String told = only(pipe.matches()).getMatchId();

        // When
        pipe.publish(Samples.published("""
                {"id": "GHSA-1", "modified": "2026-04-18T00:00:00Z", "published": "2026-04-17T10:00:00Z",
                 "withdrawn": "2026-04-18T00:00:00Z", "affected": []}
                """, MatchPipe.NOW));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(List.of("e1"), eventIds(match));
        assertEquals(
                Optional.of(Instant.parse("2026-04-18T00:00:00Z")),
                match.getAdvisory().getWithdrawnAt());
        assertFalse(match.getMatchId().equals(told));
    }

    @Test
    void aVersionThatALaterRevisionAddsRingsForFetchesMadeBeforeThatRevisionCame() {
        // Given
        Instant between = Samples.PUBLISHED.plusSeconds(1800);
        pipe.publish(osv("GHSA-1"));
        pipe.download(download("old").setFetchedAt(between).setReceivedAt(between));
        pipe.download(
                download("added").setVersion("3.3.7").setFetchedAt(between).setReceivedAt(between));
        assertEquals(List.of(), pipe.matches());

        // When
        pipe.publish(Samples.published(
                osv("GHSA-1")
                        .affecting("\"versions\": [\"3.3.6\", \"3.3.7\"]")
                        .modifiedAt("2026-04-17T11:00:00Z")
                        .json(),
                Samples.PUBLISHED.plusSeconds(3700)));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(List.of("added"), eventIds(match));
        assertEquals(List.of(), match.getAdvisory().getEarlier().orElse(List.of()));

        // When others come late
        pipe.download(download("late-old").setFetchedAt(between).setReceivedAt(between));
        pipe.download(
                download("late-added").setVersion("3.3.7").setFetchedAt(between).setReceivedAt(between));

        // Then
        assertEquals(List.of("late-added"), eventIds(only(pipe.matches())));
    }

    @Test
    void aFullMatchDoesNotHideWhatTheRevisionAdded() {
        // Given
        IntStream.range(0, 50)
                .forEach(i ->
                        pipe.download(download("added" + i).setVersion("3.3.5").setFetchedAt(OLD.plusSeconds(i))));
        IntStream.range(0, 1001)
                .forEach(i -> pipe.download(download("told" + i).setFetchedAt(OLD.plusSeconds(100 + i))));
        pipe.publish(osv("GHSA-1"));
        assertEquals(1000, only(pipe.matches()).getDownloads().size());

        // When
        pipe.publish(
                osv("GHSA-1").affecting("\"versions\": [\"3.3.5\", \"3.3.6\"]").modifiedAt("2026-04-18T00:00:00Z"));

        // Then
        List<AdvisoryMatched> matches = pipe.matches();
        assertEquals(
                List.of(1000, 50),
                matches.stream().map(m -> m.getDownloads().size()).toList());
        assertEquals(
                List.of(List.of("3.3.5", "3.3.6"), List.of("3.3.5")),
                matches.stream().map(AdvisoryMatched::getFetchedVersions).toList());
        assertFalse(matches.getFirst().getMatchId().equals(matches.getLast().getMatchId()));
        assertFalse(matches.getLast().getLate());
    }

    @Test
    void thoseWhoWereToldOfAPackageThatIsNamedNoMoreHearOfThat() {
        // Given
        pipe.download(download("e1"));
        pipe.download(download("e2").setAudience("org:another").setVersion("3.3.5"));
        pipe.publish(osv("GHSA-1"));
        pipe.matches();

        // When
        pipe.publish(osv("GHSA-1").named("flatmap-stream").modifiedAt("2026-04-18T00:00:00Z"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertTrue(match.getAdvisory().getNarrowed());
        assertEquals(Samples.ORG, match.getAudience());
        assertEquals(List.of("e1"), eventIds(match));
    }

    @Test
    void anOlderRevisionDoesNotBringBackAWithdrawnAdvisory() {
        // Given
        pipe.publish(osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z").withdrawnAt("2026-04-18T00:00:00Z"));

        // When
        pipe.publish(osv("GHSA-1"));
        pipe.download(download("late"));

        // Then
        assertEquals(List.of(), pipe.matches());
        assertEquals(
                1.0,
                pipe.registry
                        .counter("tocsin.matcher.intake", "feed", "osv", "outcome", "older")
                        .count());
    }

    /**
     * As after a crash upstream. It may have had no time to tell, but whom it would tell now would be told of what no longer stands: the
     * newer one's own scan tells all that does.
     */
    @Test
    void anOlderRevisionThatIsFannedOutAgainIsNotScannedAndDoesNotReplaceTheNewer() {
        // Given
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));
        TestRecord<byte[], byte[]> older = only(pipe.records(Topics.ADVISORY_FANOUT));
        pipe.publish(osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z").withdrawnAt("2026-04-18T00:00:00Z"));
        assertEquals(2, pipe.matches().size());

        // When
        pipe.sendBytes(Topics.ADVISORY_FANOUT, older.key(), older.value());
        pipe.download(download("late"));

        // Then
        assertEquals(List.of(), pipe.matches());
    }

    @Test
    void quarantinesAScanThatStrayedToAnotherPartition() {
        // Given
        AdvisoryScan strayed = AdvisoryScan.newBuilder()
                .setPartition(3)
                .setAdvisory(Advisories.advisory().setAllVersions(true).build())
                .setAfterAudience("")
                .setStartedAt(MatchPipe.NOW)
                .build();
        pipe.download(download("e1"));

        // When
        pipe.sendBytes(
                Topics.ADVISORY_SCAN, null, MessageCodec.of(AdvisoryScan.class).encode(strayed));

        // Then
        assertEquals("is for partition 3", header(only(pipe.quarantined()), QuarantineHeaders.REASON));
        assertEquals(List.of(), pipe.matches());
    }

    @Test
    void aPackageThatARevisionNamesNoLongerIsNarrowedAndSilent() {
        // Given
        pipe.publish(osv("GHSA-1"));
        pipe.accepted();

        // When
        pipe.publish(osv("GHSA-1").named("flatmap-stream").modifiedAt("2026-04-18T00:00:00Z"));
        pipe.download(download("late"));
        pipe.download(download("affected").setPackageName("flatmap-stream"));

        // Then
        assertEquals(
                Set.of("event-stream narrowed", "flatmap-stream"),
                pipe.accepted().stream()
                        .map(a -> a.getPackageName() + (a.getNarrowed() ? " narrowed" : ""))
                        .collect(Collectors.toSet()));
        assertEquals(List.of("affected"), eventIds(only(pipe.matches())));
    }

    @Test
    void aPackageFromAnInternalRegistryNeverRings() {
        // Given
        pipe.download(download("e1").setOriginRegistry("npm.example.com"));
        pipe.publish(osv("GHSA-1"));

        // When
        pipe.download(download("e2").setOriginRegistry("npm.example.com"));

        // Then
        assertEquals(List.of(), pipe.matches());
        assertEquals(List.of(), pipe.quarantined());
    }

    @Test
    void manyInternalDownloadsDoNotPushOutAPublicOneOfTheSameName() {
        // Given
        pipe.download(download("public").setFetchedAt(OLD));
        IntStream.range(0, 1500)
                .forEach(i -> pipe.download(
                        download("e" + i).setOriginRegistry("npm.example.com").setFetchedAt(OLD.plusSeconds(i))));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        assertEquals(List.of("public"), eventIds(only(pipe.matches())));
    }

    @Test
    void anAdvisoryForAllVersionsMatchesOneThatCannotBeOrdered() {
        // Given
        pipe.download(download("e1").setVersion("not a version"));
        pipe.download(download("placeholder").setVersion("0.0.1-security"));

        // When
        pipe.publish(osv("MAL-2026-1").allVersions());

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(List.of("e1"), eventIds(match));
        assertTrue(match.getAdvisory().getAllVersions());
    }

    @Test
    void joinsPythonPackagesByTheirCanonicalName() {
        // Given
        pipe.download(download("e1")
                .setEcosystem("pypi")
                .setPackageName("zope-interface")
                .setVersion("1.0"));

        // When
        pipe.publish(osv("PYSEC-1").of("PyPI", "Zope.Interface").affecting("\"versions\": [\"1.0.0\"]"));

        // Then
        assertEquals(List.of("e1"), eventIds(only(pipe.matches())));
    }

    @Test
    void firstReceivedIsTheEarliestReceiptOfAnyRevision() {
        // Given
        Instant first = Instant.parse("2026-04-17T10:30:00Z");
        pipe.publish(Samples.published(osv("GHSA-1").json(), first));

        // When
        pipe.publish(new AdvisoryPublished(
                "osv", osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z").json(), null));

        // Then
        assertEquals(
                List.of(first, first),
                pipe.accepted().stream()
                        .map(AdvisoryAccepted::getFirstReceivedAt)
                        .toList());
    }

    @Test
    void theRecordsTimeIsTheTimeOfReceiptWhereTheMessageNamesNone() {
        // When
        pipe.publish(new AdvisoryPublished("osv", osv("GHSA-1").json(), null));

        // Then
        assertEquals(MatchPipe.NOW, only(pipe.accepted()).getFirstReceivedAt());
    }

    @Test
    void aMatchCarriesItsIdItsAudienceAsKeyAndTheTraceOfItsCause() {
        // Given
        pipe.publish(osv("GHSA-1"));

        // When
        pipe.download(download("e1"), new RecordHeaders().add(MessageHeaders.TRACEPARENT, "00-1-2-01".getBytes(UTF_8)));

        // Then
        TestRecord<byte[], byte[]> record = only(pipe.records(Topics.ADVISORY_MATCHED));
        assertEquals(Samples.ORG, new String(record.key(), UTF_8));
        assertEquals("00-1-2-01", header(record, MessageHeaders.TRACEPARENT));
        assertEquals(36, header(record, MessageHeaders.MESSAGE_ID).length());
    }

    @Test
    void whatIsSentIsStampedNowSoThatRetentionKeepsIt() {
        // Given
        pipe.download(download("e1"));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        assertEquals(MatchPipe.NOW, only(pipe.records(Topics.ADVISORY_MATCHED)).getRecordTime());
        assertEquals(MatchPipe.NOW, only(pipe.records(Topics.ADVISORY_FANOUT)).getRecordTime());
    }

    @Test
    void quarantinesWhatCannotBeReadOnEachTopicAndItsNeighboursFlow() {
        // Given
        byte[] junk = "no avro".getBytes(UTF_8);

        // When
        pipe.sendBytes(Topics.ADVISORY_PUBLISHED, null, junk);
        pipe.sendBytes(Topics.ADVISORY_ACCEPTED, null, junk);
        pipe.sendBytes(Topics.ADVISORY_FANOUT, null, junk);
        pipe.sendBytes(Topics.ADVISORY_SCAN, null, junk);
        pipe.sendBytes(Topics.DOWNLOAD_RECORDED, "key".getBytes(UTF_8), junk);
        pipe.sendBytes(Topics.DOWNLOAD_RECORDED, null, null);
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));

        // Then
        List<TestRecord<byte[], byte[]>> quarantined = pipe.quarantined();
        assertEquals(
                List.of(
                        "advisory.published 0 0",
                        "advisory.accepted 0 0",
                        "advisory.fanout 0 0",
                        "advisory.scan 0 0",
                        "download.recorded 0 0",
                        "download.recorded 0 1"),
                quarantined.stream()
                        .map(record -> header(record, QuarantineHeaders.TOPIC) + " "
                                + header(record, QuarantineHeaders.PARTITION) + " "
                                + header(record, QuarantineHeaders.OFFSET))
                        .toList());
        assertEquals(
                "not in Avro single-object encoding (it starts with C3 01)",
                header(quarantined.getFirst(), QuarantineHeaders.REASON));
        assertEquals("no avro", new String(quarantined.getFirst().value(), UTF_8));
        assertEquals("key", new String(quarantined.get(4).key(), UTF_8));
        assertEquals(List.of("e1"), eventIds(only(pipe.matches())));
    }

    @Test
    void quarantinesARefusedAdvisoryUnderThePlaceItCameFrom() {
        // When
        pipe.publish(osv("GHSA-1").of("crates.io", "serde"));

        // Then
        TestRecord<byte[], byte[]> record = only(pipe.quarantined());
        assertEquals("names no package of a known ecosystem", header(record, QuarantineHeaders.REASON));
        assertEquals("advisory.published", header(record, QuarantineHeaders.TOPIC));
        assertEquals(List.of(), pipe.accepted());
    }

    @Test
    void aRefusedAdvisoryIsQuarantinedAsItCame() {
        // Given
        byte[] value = MessageCodec.of(AdvisoryPublished.class)
                .encode(Samples.published(osv("GHSA-1").of("crates.io", "serde")));
        Headers headers = new RecordHeaders()
                .add("tocsin-origin", "theirs".getBytes(UTF_8))
                .add("x-shard", "7".getBytes(UTF_8))
                .add(MessageHeaders.TRACEPARENT, "00-1-2-01".getBytes(UTF_8));

        // When
        pipe.send(Topics.ADVISORY_PUBLISHED, "their-key".getBytes(UTF_8), value, headers);
        pipe.send(Topics.ADVISORY_PUBLISHED, null, value, new RecordHeaders());

        // Then
        List<TestRecord<byte[], byte[]>> records = pipe.quarantined();
        assertEquals("their-key", new String(records.getFirst().key(), UTF_8));
        assertArrayEquals(value, records.getFirst().value());
        assertEquals(
                List.of("tocsin-origin", "x-shard", MessageHeaders.TRACEPARENT),
                Stream.of(records.getFirst().headers().toArray())
                        .map(Header::key)
                        .filter(name -> !name.startsWith("quarantine-"))
                        .toList());
        assertEquals("theirs", header(records.getFirst(), "tocsin-origin"));
        assertNull(records.getLast().key());
        assertEquals(
                2.0,
                pipe.registry
                        .counter("tocsin.quarantined.records", "topic", "advisory.published")
                        .count());
    }

    @Test
    void quarantinesAnAdvisoryWhoseKeyAndHeadersMakeItTooLargeToTravelOn() {
        // When
        pipe.send(
                Topics.ADVISORY_PUBLISHED,
                new byte[400_000],
                MessageCodec.of(AdvisoryPublished.class).encode(Samples.published(osv("GHSA-1"))),
                new RecordHeaders().add("x-large", new byte[400_000]));

        // Then
        assertEquals("record has more than 786432 bytes", header(only(pipe.quarantined()), QuarantineHeaders.REASON));
        assertEquals(List.of(), pipe.accepted());
    }

    @Test
    void quarantinesADownloadWithAnImpossibleVersion() {
        // When
        pipe.download(download("e1").setVersion("3.3.6\u0000"));

        // Then
        assertEquals(
                "version is blank, has control characters or is longer than 256",
                header(only(pipe.quarantined()), QuarantineHeaders.REASON));
    }

    @Test
    void everythingThatStreamsCreatesHasANameOfOurs() {
        assertEquals(
                List.of(),
                pipe.describe().lines().filter(line -> line.contains("KSTREAM")).toList());
    }

    static List<String> eventIds(AdvisoryMatched match) {
        return match.getDownloads().stream().map(AffectedDownload::getEventId).toList();
    }

    private static <T> T only(List<T> list) {
        assertEquals(1, list.size(), () -> "exactly one of " + list);
        return list.getFirst();
    }

    private static String header(TestRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
