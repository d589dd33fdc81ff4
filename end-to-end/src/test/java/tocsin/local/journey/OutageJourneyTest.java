package tocsin.local.journey;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.local.api.Organisation;
import tocsin.local.running.Waiting;
import tocsin.local.stack.ServiceProcess;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.ReceivedRequest;

/** Whatever dies in the middle, everybody is told in the end, and a repeat is known by its {@code webhook-id}. */
class OutageJourneyTest {

    private static Journey journey;
    private static Organisation organisation;

    @BeforeAll
    static void start() {
        journey = Journey.shared();
        organisation = journey.organisation("outage-org");
    }

    @AfterAll
    static void nobodyWasToldTwice() {
        assertNobodyWasToldTwice();
    }

    @Test
    void completesWhenTheBrokerGoesAndComesBack() {
        // Given
        String name = "broker-gone";
        DownloadObserved download = Sample.download(organisation, name, Sample.BAD, journey.now());

        // When: it goes while the download is on its way, and again while the alarm is
        journey.observe(download);
        stopAndStartTheBroker();
        journey.awaitTakenIn(download);
        journey.publish(Sample.advisory("MAL-" + name, name, journey.now()));
        stopAndStartTheBroker();

        // Then
        assertToldOnce(name);
        assertRingsAsEver("after-broker");
    }

    @ParameterizedTest
    @ValueSource(strings = {"advisory-matcher", "notification-dispatcher", "webhook-sender"})
    void completesWhenAServiceIsKilledWhileTheAlarmIsOnItsWay(String service) {
        // Given
        String name = "killed-" + service;
        DownloadObserved before = Sample.download(organisation, name, Sample.BAD, journey.now());
        journey.observe(before);
        journey.awaitTakenIn(before);

        // When
        journey.publish(Sample.advisory("MAL-" + name, name, journey.now()));
        killAndRestart(service);

        // Then
        assertToldOnce(name);
    }

    /** An alarm needs it no more once the download is recorded; what comes meanwhile waits. */
    @Test
    void ringsWithoutATrackerAndTakesDownloadsThatCameWhileItWasDead() {
        // Given
        String name = "tracker-dead";
        ServiceProcess tracker = journey.stack().service("download-tracker");
        DownloadObserved before = Sample.download(organisation, "killed-tracker", Sample.BAD, journey.now());
        DownloadObserved download = Sample.download(organisation, name, Sample.BAD, journey.now());
        journey.observe(before);
        journey.awaitTakenIn(before);

        // When
        tracker.killHard();
        journey.observe(download);
        journey.publish(Sample.advisory("MAL-killed-tracker", "killed-tracker", journey.now()));
        tracker.start();
        tracker.awaitReady();
        journey.awaitTakenIn(download);
        journey.publish(Sample.advisory("MAL-" + name, name, journey.now()));

        // Then
        assertToldOnce("killed-tracker");
        assertToldOnce(name);
    }

    @Test
    void repeatsUnderTheSameIdWhatTheSenderWasKilledOver() {
        // Given
        String name = "sender-killed-in-attempt";
        DownloadObserved download = Sample.download(organisation, name, Sample.BAD, journey.now());
        journey.observe(download);
        journey.awaitTakenIn(download);
        journey.stack().receiver().hold();
        journey.publish(Sample.advisory("MAL-" + name, name, journey.now()));
        ReceivedRequest unanswered = journey.awaitWebhook(organisation, name);

        // When
        journey.stack().service("webhook-sender").killHard();
        journey.stack().receiver().release();
        ServiceProcess sender = journey.stack().service("webhook-sender");
        sender.start();
        sender.awaitReady();

        // Then
        Journey.require(
                Waiting.until(() -> journey.webhooks(organisation, name).size() >= 2, Journey.LIMIT),
                "the unanswered webhook was not sent again");
        assertToldOnce(name);
        ReceivedRequest again = journey.webhooks(organisation, name).getLast();
        assertEquals(unanswered.header("webhook-id"), again.header("webhook-id"));
        assertEquals(unanswered.bodyText(), again.bodyText());
    }

    /** On the same stack: each costs a machine of two cores half a minute. */
    @Nested
    class Restore extends RestoreJourney {
        Restore() {
            super(journey, organisation);
        }
    }

    private static void stopAndStartTheBroker() {
        journey.stack().broker().stop();
        journey.stack().broker().restart();
    }

    private static void killAndRestart(String name) {
        ServiceProcess service = journey.stack().service(name);
        service.killHard();
        service.start();
        service.awaitReady();
    }

    /** By webhook and by mail; a repeat has the same id and the same body, and the ledger comes to its end. */
    private static void assertToldOnce(String packageName) {
        journey.awaitWebhook(organisation, packageName);
        journey.awaitMail(organisation.address(), packageName);
        assertEquals(
                Set.of(organisation.endpoint().id() + ": delivered", "email: delivered"),
                journey.awaitLedger(organisation, packageName, 2));
        assertEquals(
                1,
                journey.webhooks(organisation, packageName).stream()
                        .map(request -> request.header("webhook-id").orElseThrow() + request.bodyText())
                        .collect(Collectors.toSet())
                        .size());
        assertEquals(
                1,
                journey.mails(organisation.address(), packageName).stream()
                        .map(OutageJourneyTest::messageId)
                        .collect(Collectors.toSet())
                        .size());
    }

    /** Also what came after a test had seen enough. */
    private static void assertNobodyWasToldTwice() {
        Map<String, Set<String>> ids = journey.stack().receiver().received().stream()
                .collect(Collectors.groupingBy(
                        request -> Journey.json(request)
                                .at("/data/advisory/package_name")
                                .asText(),
                        Collectors.mapping(
                                request -> request.header("webhook-id").orElseThrow(), Collectors.toSet())));
        ids.forEach((packageName, told) -> assertEquals(1, told.size(), "ids about " + packageName));
    }

    private static String messageId(CaughtMail mail) {
        return mail.header("Message-ID").orElseThrow();
    }

    private static void assertRingsAsEver(String packageName) {
        DownloadObserved download = Sample.download(organisation, packageName, Sample.BAD, journey.now());
        journey.observe(download);
        journey.awaitTakenIn(download);
        journey.publish(Sample.advisory("MAL-" + packageName, packageName, journey.now()));
        assertToldOnce(packageName);
    }
}
