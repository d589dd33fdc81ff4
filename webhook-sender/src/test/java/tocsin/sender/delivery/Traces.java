package tocsin.sender.delivery;

import java.time.Duration;
import java.util.Optional;
import tocsin.sender.egress.Trace;

/** How far exchanges came, where a test does not ask. */
final class Traces {

    static final Trace NONE = new Trace(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO,
            Optional.empty(),
            Optional.empty());

    private Traces() {}
}
