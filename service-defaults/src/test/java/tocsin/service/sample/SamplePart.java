package tocsin.service.sample;

import java.util.Optional;
import tocsin.service.BackgroundWork;
import tocsin.service.health.ReadinessSource;

/** A part of a service that a test breaks and mends. */
public final class SamplePart implements ReadinessSource, BackgroundWork {

    private volatile Optional<String> trouble = Optional.empty();
    private volatile Optional<String> death = Optional.empty();
    private volatile String state = "new";

    public void breaks(String why) {
        trouble = Optional.of(why);
    }

    public void dies(String why) {
        death = Optional.of(why);
    }

    @Override
    public Optional<String> whyDead() {
        return death;
    }

    public String state() {
        return state;
    }

    @Override
    public String readinessName() {
        return "part";
    }

    @Override
    public Optional<String> whyNotReady() {
        return trouble;
    }

    @Override
    public void start() {
        state = "started";
    }

    @Override
    public void close() {
        state = "closed";
    }
}
