package tocsin.local.running;

import java.time.Clock;

/** The one place here that asks the machine for the time. */
public final class ClockFactory {

    private ClockFactory() {}

    public static Clock system() {
        return Clock.systemUTC();
    }
}
