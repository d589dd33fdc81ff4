package tocsin.sender.egress;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.BeanContext;

/** The settings of an operator who sets nothing. */
final class ApplicationDefaults {

    private ApplicationDefaults() {}

    static EgressConfig egress() {
        try (BeanContext context =
                ApplicationContext.builder().eagerInitSingletons(false).build()) {
            context.start();
            return context.getBean(EgressConfig.class);
        }
    }
}
