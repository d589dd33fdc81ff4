package tocsin.planted.time;

import java.time.Clock;

/** The one that may. */
final class ClockFactory {

    Clock system() {
        return Clock.systemUTC();
    }
}
