package tocsin.service.sample;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import tocsin.service.security.OpenRoutes;

@Factory
class SampleFactory {

    @Singleton
    OpenRoutes signedLinks() {
        return OpenRoutes.of("/v1/signed/*");
    }

    @Singleton
    SamplePart part() {
        return new SamplePart();
    }
}
