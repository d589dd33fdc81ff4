package tocsin.sender.endpoint;

import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tocsin.service.MissingConfiguration;
import tocsin.service.security.OpenRoutes;

@Factory
final class SecretVaultFactory {

    /** Made at start-up: without its keys the service must not come up and fail later. */
    @Context
    SecretVault secretVault(SecretsConfig config) {
        try {
            return SecretVault.of(keyset(config));
        } catch (IllegalArgumentException e) {
            throw new MissingConfiguration("tocsin.secrets.keyset or tocsin.secrets.keyset-file: " + e.getMessage());
        }
    }

    /** A public key is public. */
    @Singleton
    OpenRoutes publicKeys() {
        return OpenRoutes.of("/v1/orgs/*/webhook-endpoints/*/public-key");
    }

    private static String keyset(SecretsConfig config) {
        Path file = config.keysetFile();
        if (!config.keyset().isBlank()) {
            if (file != null) {
                throw new MissingConfiguration(
                        "tocsin.secrets.keyset and tocsin.secrets.keyset-file are both set; which one holds the keys?");
            }
            return config.keyset();
        }
        if (file == null) {
            throw new MissingConfiguration(
                    "tocsin.secrets.keyset or tocsin.secrets.keyset-file is not set: the keys that"
                            + " encrypt signing secrets; make some with: java -jar webhook-sender.jar new-keyset");
        }
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new MissingConfiguration("tocsin.secrets.keyset-file cannot be read: " + file);
        }
    }
}
