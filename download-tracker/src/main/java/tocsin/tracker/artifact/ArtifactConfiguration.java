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
 * @param internal repositories of Nexus and Artifactory whose packages come from no public registry and ring for no public advisory, each as
 *     {@code name/repository}, where the name is a source's or a kind's. None by default: what does not say otherwise is public
 * @param foreign repositories of Nexus and Artifactory that hold packages of other ecosystems, named in the same way: what they serve is dropped.
 *     None by default
 */
@ConfigurationProperties("tocsin.artifact")
public record ArtifactConfiguration(
        @Bindable(defaultValue = "") List<String> publicRegistries,
        @Bindable(defaultValue = "") List<String> prefixes,
        @Bindable(defaultValue = "") List<String> redirectingSources,
        @Bindable(defaultValue = "") List<String> internal,
        @Bindable(defaultValue = "") List<String> foreign) {

    public ArtifactConfiguration {
        publicRegistries = texts(publicRegistries);
        prefixes = texts(prefixes);
        redirectingSources = texts(redirectingSources);
        internal = texts(internal);
        foreign = texts(foreign);
    }

    private static List<String> texts(List<String> texts) {
        return texts.stream().map(String::strip).filter(it -> !it.isEmpty()).toList();
    }
}
