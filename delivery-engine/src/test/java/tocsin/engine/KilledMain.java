package tocsin.engine;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;

/** An engine in a process of its own that stops at a failpoint, to be killed there. */
final class KilledMain {

    private KilledMain() {}

    /** @param arguments bootstrap servers, name of the topics, delay of the tier, the receiver's port, failpoint, passes */
    public static void main(String[] arguments) {
        var failpoint = new Failpoint(arguments[4], Integer.parseInt(arguments[5]));
        Receiver receiver = BookedReceiver.at(Integer.parseInt(arguments[3]));
        new DeliveryEngine(
                        EngineFixture.config(arguments[1], Duration.parse(arguments[2])),
                        receiver.handler(failpoint),
                        new FailingClientFactory(new TestClientFactory(arguments[0]).as("killed"), failpoint),
                        Clock.systemUTC(),
                        new SimpleMeterRegistry())
                .start();
    }
}
