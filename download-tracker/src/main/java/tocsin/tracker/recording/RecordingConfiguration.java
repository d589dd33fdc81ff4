package tocsin.tracker.recording;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How downloads are recorded.
 *
 * @param threads that each read partitions of {@code download.observed}; more than this instance has partitions do nothing
 */
@ConfigurationProperties("tocsin.recording")
public record RecordingConfiguration(
        @Bindable(defaultValue = "2") int threads) {

    /** @throws IllegalArgumentException if there is none */
    public RecordingConfiguration {
        if (threads < 1) {
            throw new IllegalArgumentException("tocsin.recording.threads must be positive");
        }
    }
}
