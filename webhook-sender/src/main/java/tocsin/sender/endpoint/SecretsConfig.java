package tocsin.sender.endpoint;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The keys that signing secrets are encrypted with at rest; one of the two is needed.
 *
 * @param keyset the keyset itself: Tink's JSON, made by {@code java -jar webhook-sender.jar new-keyset}
 * @param keysetFile a file that holds it
 */
@ConfigurationProperties("tocsin.secrets")
record SecretsConfig(
        @Bindable(defaultValue = "") String keyset,
        @Nullable Path keysetFile) {

    @Override
    public String toString() {
        return "SecretsConfig[keyset=redacted, keysetFile=" + keysetFile + "]";
    }
}
