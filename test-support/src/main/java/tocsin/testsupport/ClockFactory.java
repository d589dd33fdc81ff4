package tocsin.testsupport;

import java.time.Clock;

/** The one place here that asks the machine for the time: certificates and tokens are judged by real clocks. */
final class ClockFactory {

    private ClockFactory() {}

    static Clock system() {
        return Clock.systemUTC();
    }
}
