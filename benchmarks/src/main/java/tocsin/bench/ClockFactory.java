package tocsin.bench;

import java.time.Clock;

/** The one place here that asks the machine for the time: the history keeps only so many days. */
final class ClockFactory {

    private ClockFactory() {}

    static Clock system() {
        return Clock.systemUTC();
    }
}
