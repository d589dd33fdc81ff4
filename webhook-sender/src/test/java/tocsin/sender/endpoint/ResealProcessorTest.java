package tocsin.sender.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tocsin.sender.SenderService;
import tocsin.sender.database.DatabaseClient;

class ResealProcessorTest {

    private final SenderService sender = SenderService.shared();

    @Test
    void sealsAllSecretsWithTheNewKeySoThatTheOldOneCanGo() {
        // Given
        String org = SenderService.newOrg();
        List<SenderService.Registered> endpoints = IntStream.range(0, 100)
                .mapToObj(n -> sender.register(org, "https://hooks.example.com/" + n))
                .toList();
        String added =
                Keysets.withKeyAdded(String.valueOf(sender.copyOfSettings().get("tocsin.secrets.keyset")));
        String promoted = Keysets.withNewestPromoted(added);
        try {
            // When
            int resealed = processor(promoted).reseal();

            // Then
            assertTrue(resealed >= endpoints.size());
            EndpointSecrets alone = secrets(SecretVault.of(Keysets.withPrimaryAlone(promoted)));
            for (SenderService.Registered endpoint : endpoints) {
                assertEquals(
                        endpoint.secret(),
                        alone.signing(endpoint.id()).orElseThrow().single().encoded());
            }
            assertEquals(0, processor(promoted).reseal());
        } finally {
            // The running service knows the first key only.
            processor(added).reseal();
        }
    }

    private ResealProcessor processor(String keyset) {
        return new ResealProcessor(
                sender.part(SecretRepository.class), SecretVault.of(keyset), sender.part(DatabaseClient.class));
    }

    private EndpointSecrets secrets(SecretVault vault) {
        return new EndpointSecrets(
                sender.part(EndpointRegistry.class),
                sender.part(SecretRepository.class),
                vault,
                sender.part(DatabaseClient.class),
                sender.part(java.time.Clock.class));
    }
}
