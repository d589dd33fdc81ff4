package tocsin.tracker.artifact;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.util.List;

/**
 * What is known of registries.
 *
 * @param publicRegistries hosts beside the public registries' own that serve the same packages, such as public mirrors; their
 *     packages are not internal. None by default
 */
@ConfigurationProperties("tocsin.artifact")
public record ArtifactConfiguration(
        @Bindable(defaultValue = "") List<String> publicRegistries) {

    public ArtifactConfiguration {
        publicRegistries = publicRegistries.stream()
                .map(String::strip)
                .filter(it -> !it.isEmpty())
                .toList();
    }
}
