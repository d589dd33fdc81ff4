package tocsin.sender.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
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
        sender.call("PATCH", endpoints.getFirst().path(), "{\"headers\":{\"x-key\":\"of-the-receiver\"}}");
        sender.call("POST", endpoints.getFirst().path() + "/enable-ed25519", "");
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
            Endpoint first = sender.part(EndpointRegistry.class)
                    .find(org, endpoints.getFirst().id())
                    .orElseThrow();
            SealedRepository sealed = sender.part(SealedRepository.class);
            SecretVault newKeyAlone = SecretVault.of(Keysets.withPrimaryAlone(promoted));
            assertEquals(Map.of("x-key", "of-the-receiver"), new EndpointHeaders(sealed, newKeyAlone).of(first));
            assertTrue(new EndpointKeys(
                            sender.part(EndpointRegistry.class),
                            sender.part(SecretRepository.class),
                            sealed,
                            newKeyAlone,
                            sender.part(DatabaseClient.class))
                    .of(first)
                    .isPresent());
            assertEquals(0, processor(promoted).reseal());
        } finally {
            // The running service knows the first key only.
            processor(added).reseal();
        }
    }

    @Test
    void isNotDoneAsLongAsAnotherInstanceIsAtOne() throws SQLException {
        // Given
        SenderService.Registered endpoint = sender.register(SenderService.newOrg(), "https://hooks.example.com/held");
        String added =
                Keysets.withKeyAdded(String.valueOf(sender.copyOfSettings().get("tocsin.secrets.keyset")));
        ResealProcessor processor = processor(Keysets.withNewestPromoted(added));
        try {
            try (Connection other = sender.postgres().dataSource().getConnection()) {
                other.setAutoCommit(false);
                try (PreparedStatement lock = other.prepareStatement(
                        "select id from webhook_sender.endpoint_secret where endpoint_id = ? for update")) {
                    lock.setString(1, endpoint.id());
                    assertTrue(lock.executeQuery().next());
                }

                // Then
                assertFalse(processor.done());
                other.rollback();
            }
            assertTrue(processor.done());
        } finally {
            processor(added).reseal();
        }
    }

    @Test
    void isNotDoneWhenItIsClosedInMidWork() {
        // Given
        sender.register(SenderService.newOrg(), "https://hooks.example.com/closed");
        String added =
                Keysets.withKeyAdded(String.valueOf(sender.copyOfSettings().get("tocsin.secrets.keyset")));
        ResealProcessor processor = processor(Keysets.withNewestPromoted(added));
        try {
            // When
            processor.close();

            // Then
            assertFalse(processor.done());
        } finally {
            processor(added).reseal();
        }
    }

    private ResealProcessor processor(String keyset) {
        return new ResealProcessor(
                sender.part(SecretRepository.class),
                sender.part(SealedRepository.class),
                SecretVault.of(keyset),
                sender.part(DatabaseClient.class));
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
