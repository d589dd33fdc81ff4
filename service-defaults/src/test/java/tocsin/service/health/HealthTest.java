package tocsin.service.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tocsin.service.sample.SamplePart;
import tocsin.service.sample.SampleService;
import tocsin.testsupport.KafkaBroker;

class HealthTest {

    @Test
    void liveButNotReadyWithoutABroker() {
        try (SampleService service = SampleService.start()) {
            assertEquals(200, service.get("/health/liveness").statusCode());
            assertEquals(503, service.get("/health/readiness").statusCode());
            assertFalse(service.get("/health").body().contains("127.0.0.1"));
            assertTrue(
                    ProbeMain.isWell(service.request("/health/liveness").build().uri()));
            assertFalse(ProbeMain.isWell(
                    service.request("/health/readiness").build().uri()));
        }
    }

    @Test
    void readyWhileBrokerAndPartsAre() {
        // Given a service with a broker
        try (KafkaBroker broker = KafkaBroker.start();
                SampleService service =
                        SampleService.start(Map.of("kafka.bootstrap-servers", broker.bootstrapServers()))) {
            awaitReadiness(service, 200);
            awaitShownAs(service, 1);
            // When the broker goes and comes
            broker.stop();
            awaitReadiness(service, 503);
            awaitShownAs(service, 0);
            broker.restart();
            awaitReadiness(service, 200);
            awaitShownAs(service, 1);
            // Then a part of the service counts as much
            service.bean(SamplePart.class).breaks("out of order");
            awaitReadiness(service, 503);
            awaitShownAs(service, 0);
            assertEquals(200, service.get("/health/liveness").statusCode());
            assertFalse(service.get("/health").body().contains("out of order"));
        }
    }

    @Test
    void notLiveOnceBackgroundWorkIsDead() {
        try (SampleService service = SampleService.start()) {
            assertEquals(200, service.get("/health/liveness").statusCode());
            // When
            service.bean(SamplePart.class).dies("its thread is gone");
            // Then
            assertEquals(503, service.get("/health/liveness").statusCode());
            assertFalse(service.get("/health").body().contains("its thread is gone"));
        }
    }

    private static void awaitReadiness(SampleService service, int status) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> service.get("/health/readiness").statusCode() == status);
    }

    private static void awaitShownAs(SampleService service, int ready) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> service.get("/metrics").body().contains("\ntocsin_ready " + ready + ".0\n"));
    }

    @Test
    void backgroundWorkIsStartedAndClosedWithTheService() {
        SamplePart part;
        try (SampleService service = SampleService.start()) {
            part = service.bean(SamplePart.class);
            assertEquals("started", part.state());
        }
        assertEquals("closed", part.state());
    }

    @Test
    void metricsAreInPrometheusText() {
        try (SampleService service = SampleService.start()) {
            var response = service.get("/metrics");
            assertEquals(200, response.statusCode());
            assertTrue(response.headers().firstValue("content-type").orElse("").startsWith("text/plain"));
            assertTrue(response.body().contains("# TYPE jvm_threads_live_threads gauge"), response.body());
        }
    }
}
