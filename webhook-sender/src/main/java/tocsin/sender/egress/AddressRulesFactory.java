package tocsin.sender.egress;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;

@Factory
final class AddressRulesFactory {

    @Singleton
    AddressRules addressRules(EgressConfig config) {
        return AddressRules.allowing(config.allow());
    }
}
