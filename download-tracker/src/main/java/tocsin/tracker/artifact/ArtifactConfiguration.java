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
 * @param repositories of Nexus, Artifactory and devpi that hold npm or PyPI packages, each as {@code name/repository}, where the name is a source's or
 *     a kind's; of a source of which one is named here, what others serve is dropped, but for the internal ones. None by default: all are read
 * @param internal repositories, named in the same way, whose packages come from no public registry and ring for no public advisory. None by
 *     default: what does not say otherwise is public
 * @param internalPackages the same by packages, for sources of one repository only, each as {@code name=package}, where an asterisk at the end stands
 *     for any rest, as in {@code verdaccio=@acme/*}. None by default
 * @param foreign repositories that hold packages of other ecosystems: what they serve is dropped. None by default
 */
@ConfigurationProperties("tocsin.artifact")
public record ArtifactConfiguration(
        @Bindable(defaultValue = "") List<String> publicRegistries,
        @Bindable(defaultValue = "") List<String> prefixes,
        @Bindable(defaultValue = "") List<String> redirectingSources,
        @Bindable(defaultValue = "") List<String> repositories,
        @Bindable(defaultValue = "") List<String> internal,
        @Bindable(defaultValue = "") List<String> internalPackages,
        @Bindable(defaultValue = "") List<String> foreign) {

    public ArtifactConfiguration {
        publicRegistries = texts(publicRegistries);
        prefixes = texts(prefixes);
        redirectingSources = texts(redirectingSources);
        repositories = texts(repositories);
        internal = texts(internal);
        internalPackages = texts(internalPackages);
        foreign = texts(foreign);
    }

    /** @throws IllegalArgumentException if one of them is of another form */
    public SourceRules rules() {
        return new SourceRules(
                prefixes, redirectingSources, new RepositoryRules(repositories, internal, foreign, internalPackages));
    }

    private static List<String> texts(List<String> texts) {
        return texts.stream().map(String::strip).filter(it -> !it.isEmpty()).toList();
    }
}
