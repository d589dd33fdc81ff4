package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import tocsin.engine.Outcome.Done;
import tocsin.engine.Outcome.RetryLater;

/** A service in a process of its own, to be killed. Says each delivery aloud once that is its durable step. */
final class EngineMain {

    private EngineMain() {}

    public static void main(String[] arguments) {
        var config = EngineFixture.config(arguments[1], Duration.parse(arguments[2]));
        var handler = new ScriptedHandler(delivery -> {
            TimeUnit.MILLISECONDS.sleep(delivery.offset() % 20);
            if (failsFirst(delivery)) {
                return new RetryLater("answered 503");
            }
            synchronized (System.out) {
                System.out.println(new String(delivery.value(), UTF_8));
                System.out.flush();
            }
            return new Done();
        });
        new DeliveryEngine(
                        config,
                        handler,
                        new TestClientFactory(arguments[0]),
                        Clock.systemUTC(),
                        new SimpleMeterRegistry())
                .start();
    }

    static boolean failsFirst(Delivery delivery) {
        return delivery.attempt() == 1 && delivery.offset() % 3 == 0;
    }
}
