package tocsin.sender.egress;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import org.jspecify.annotations.Nullable;

/**
 * The forward proxy through which all webhooks leave, if they do.
 *
 * @param address {@code host:port} of an HTTP proxy that takes {@code CONNECT}; none by default
 * @param username for {@code Proxy-Authorization: Basic}; empty: none is sent
 * @param password of that user
 */
@ConfigurationProperties("tocsin.egress.proxy")
public record ProxyConfig(
        @Nullable String address,
        @Bindable(defaultValue = "") String username,
        @Bindable(defaultValue = "") String password) {

    @Override
    public String toString() {
        return "ProxyConfig[address=" + address + "]";
    }
}
