package tocsin.dispatcher.email;

import java.util.Optional;
import tocsin.engine.DeliveryEngine;
import tocsin.engine.EngineState;
import tocsin.service.BackgroundWork;
import tocsin.service.health.ReadinessSource;

/** The engine's life within the service. */
final class MailEngine implements BackgroundWork, ReadinessSource {

    private final DeliveryEngine engine;

    MailEngine(DeliveryEngine engine) {
        this.engine = engine;
    }

    @Override
    public void start() {
        engine.start();
    }

    @Override
    public void close() {
        engine.close();
    }

    @Override
    public Optional<String> whyDead() {
        return engine.state() == EngineState.FAILED
                ? Optional.of("a thread of the delivery engine has died")
                : Optional.empty();
    }

    @Override
    public String readinessName() {
        return "email";
    }

    /** An SMTP server that is away makes mails wait; everything else goes on, so the service stays ready. */
    @Override
    public Optional<String> whyNotReady() {
        return switch (engine.state()) {
            case RUNNING, WAITING -> Optional.empty();
            case NEW, CLOSED, FAILED -> Optional.of("not running");
        };
    }
}
