package tocsin.tracker.artifact;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.util.List;

/**
 * What is known of registries and sources.
 *
 * @param publicRegistries hosts beside the public registries' own that serve the same packages, such as public mirrors; their
 *     packages are not internal. None by default
 * @param prefixes where a source's or a kind's repository lies below its host, each as {@code name=/path}; requests outside of it are another
 *     repository's. None by default
 * @param redirectingSources names of sources that answer requests for package files with redirects although their kind does not. None by default
 */
@ConfigurationProperties("tocsin.artifact")
public record ArtifactConfiguration(
        @Bindable(defaultValue = "") List<String> publicRegistries,
        @Bindable(defaultValue = "") List<String> prefixes,
        @Bindable(defaultValue = "") List<String> redirectingSources) {

    public ArtifactConfiguration {
        publicRegistries = texts(publicRegistries);
        prefixes = texts(prefixes);
        redirectingSources = texts(redirectingSources);
    }

    private static List<String> texts(List<String> texts) {
        return texts.stream().map(String::strip).filter(it -> !it.isEmpty()).toList();
    }
}
