package tocsin.local.journey;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.standardwebhooks.Webhook;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.local.api.Organisation;
import tocsin.local.running.Complaint;
import tocsin.local.running.Home;
import tocsin.local.stack.LocalStack;
import tocsin.local.stack.StackPlan;
import tocsin.local.stack.StackPorts;
import tocsin.local.stack.StackProgress;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.testsupport.ReceivedRequest;

/** With a data directory, a stack goes on where it stopped. */
class DataDirectoryJourneyTest {

    @TempDir
    Path data;

    @Test
    void ringsAfterARestartForWhatWasFetchedBeforeIt() {
        // Given
        StackPlan plan = new StackPlan(
                Home.find(),
                StackPorts.free(),
                Optional.of(data),
                false,
                true,
                Path.of("target", "journeys", "DataDirectoryJourneyTest"),
                Optional.empty());
        Organisation organisation;
        try (Journey before = Journey.over(LocalStack.start(plan, StackProgress.quiet()))) {
            organisation = before.organisation("example-org");
            DownloadObserved download = Sample.download(organisation, "fetched-before", Sample.BAD, before.now());
            before.observe(download);
            before.awaitTakenIn(download);
            assertThrows(
                    Complaint.class,
                    () -> LocalStack.start(plan, StackProgress.quiet()),
                    "two stacks on one directory would destroy it");
        }

        try (Journey after = Journey.over(LocalStack.start(plan, StackProgress.quiet()))) {
            // When
            after.publish(Sample.advisory("MAL-after", "fetched-before", after.now()));

            // Then: the same endpoint, secret, certificate authority, address and downloads
            ReceivedRequest webhook = after.awaitWebhook(organisation, "fetched-before");
            assertDoesNotThrow(
                    () -> new Webhook(organisation.endpoint().secret()).verify(webhook.bodyText(), webhook.headers()));
            assertEquals(
                    1, Journey.json(webhook).at("/data/summary/total_downloads").asInt());
            after.awaitMail(organisation.address(), "fetched-before");
        }
    }
}
