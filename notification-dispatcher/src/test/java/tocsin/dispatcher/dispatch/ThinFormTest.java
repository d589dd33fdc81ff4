package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.WebhookRequested;

/** An endpoint whose owner wants notices without what was downloaded. */
class ThinFormTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    private WebhookRequested tell(String org, String name, int count) {
        dispatcher.match(Samples.matched(
                "org:" + org,
                Samples.advisory().setAdvisoryId("MAL-" + name).setPackageName(name),
                List.of(Samples.download("e-" + name, "2026-04-15T08:30:00Z", Samples.human("u1")))));
        return dispatcher.awaitWebhooks(org, count).getLast();
    }

    @Test
    void isWhatTheEndpointSaidWhenItWasDecidedAlsoWhenAskedForAgain() {
        // Given
        String org = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.announce(org, endpoint, true);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.bean(EndpointDirectory.class).isThin(endpoint));

        // When
        WebhookRequested thin = tell(org, "thin-" + org, 1);
        dispatcher.announce(org, endpoint, false);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> !dispatcher.bean(EndpointDirectory.class).isThin(endpoint));
        WebhookRequested full = tell(org, "full-" + org, 2);

        // Then
        assertTrue(thin.getData().startsWith("{\"thin\":true,"), thin.getData());
        assertFalse(thin.getData().contains("ada@example.com"), thin.getData());
        assertTrue(full.getData().contains("\"affected_downloads\":[{"), full.getData());
        Notice kept = dispatcher
                .bean(NoticeRepository.class)
                .find(UUID.fromString(thin.getNotificationId()), endpoint)
                .orElseThrow();
        assertArrayEquals(
                MessageCodec.of(WebhookRequested.class).encode(thin),
                dispatcher.bean(Notices.class).request(kept).value());
    }
}
