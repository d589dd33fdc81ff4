package tocsin.service.security;

import io.micronaut.security.authentication.Authentication;
import java.util.Map;

/** A caller as Micronaut Security carries it through a request. */
record CallerAuthentication(Caller caller) implements Authentication {

    @Override
    public String getName() {
        return caller.subject();
    }

    @Override
    public Map<String, Object> getAttributes() {
        return Map.of();
    }
}
