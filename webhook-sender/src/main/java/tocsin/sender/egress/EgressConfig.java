package tocsin.sender.egress;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How webhooks leave.
 *
 * @param allow address blocks in CIDR form, or single addresses, that may be reached although they are not public: for
 *     receivers on the premises. Empty by default
 * @param trustStore PKCS12 file with certificates of further authorities, trusted beside the JDK's own; none by default
 * @param trustStorePassword of that file; may be empty
 * @param deadline one limit over name look-up, connect, TLS, request, headers and body; 10 s by default
 * @param lookups names looked up at the same time, and as many again of those that were quick last time; 32 by default, of which an organisation
 *     has an eighth
 * @param connections open connections, idle ones included; 4000 by default
 */
@ConfigurationProperties("tocsin.egress")
public record EgressConfig(
        @Bindable(defaultValue = "") List<String> allow,
        @Nullable Path trustStore,
        @Bindable(defaultValue = "") String trustStorePassword,
        @Bindable(defaultValue = EgressConfig.DEADLINE) Duration deadline,
        @Bindable(defaultValue = "32") int lookups,
        @Bindable(defaultValue = "4000") int connections) {

    /** What customers are told: an answer within ten seconds. */
    static final String DEADLINE = "PT10S";

    public EgressConfig {
        allow = allow.stream().map(String::strip).filter(it -> !it.isEmpty()).toList();
        if (!deadline.isPositive() || lookups < 1 || connections < 1) {
            throw new IllegalArgumentException("tocsin.egress: deadline, lookups and connections must be positive");
        }
    }

    @Override
    public String toString() {
        return "EgressConfig[allow=" + allow + ", trustStore=" + trustStore + ", deadline=" + deadline + "]";
    }
}
