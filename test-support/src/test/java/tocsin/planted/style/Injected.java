package tocsin.planted.style;

import io.micronaut.context.annotation.Value;
import jakarta.inject.Inject;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Hides what it needs. */
final class Injected {

    @Inject
    @Nullable
    Clock clock;

    /** A record may carry such an annotation: its values come through the constructor. */
    record Settings(@Value("${planted.name}") String name) {}
}
