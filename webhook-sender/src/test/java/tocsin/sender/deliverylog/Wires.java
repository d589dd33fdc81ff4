package tocsin.sender.deliverylog;

import java.util.List;
import java.util.Optional;

/** What went over the wire, where a test asks for the answer alone. */
final class Wires {

    private Wires() {}

    static Wire answered(List<LoggedHeader> headers, String body) {
        return new Wire(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                headers,
                Optional.of(body),
                false);
    }
}
