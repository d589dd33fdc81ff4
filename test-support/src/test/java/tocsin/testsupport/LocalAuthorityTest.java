package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalAuthorityTest {

    @TempDir
    private Path directory;

    @Test
    void isTheSameAgainFromItsDirectory() {
        // When
        LocalAuthority first = LocalAuthority.loadOrCreate(directory);
        LocalAuthority second = LocalAuthority.loadOrCreate(directory);

        // Then
        assertEquals(first.certificatePem(), second.certificatePem());
        assertNotEquals(first.certificatePem(), LocalAuthority.create().certificatePem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void isTrustedAfterAReloadForNamesAndAddresses(String host) throws Exception {
        // Given
        LocalAuthority before = LocalAuthority.loadOrCreate(directory);
        LocalAuthority after = LocalAuthority.loadOrCreate(directory);

        // When
        try (WebhookReceiver receiver = WebhookReceiver.answering(after, 204);
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(before.clientContext())
                        .build()) {
            URI uri = URI.create("https://" + host + ":" + receiver.port() + "/");
            int status = client.send(
                            HttpRequest.newBuilder(uri)
                                    .POST(BodyPublishers.noBody())
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();

            // Then
            assertEquals(204, status);
        }
    }

    @Test
    void writesATrustStoreWithItsCertificateAndNoKey() throws Exception {
        // Given
        LocalAuthority authority = LocalAuthority.create();

        // When
        Path file = authority.writeTrustStore(directory.resolve("trust.p12"));

        // Then
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, LocalAuthority.STORE_PASSWORD.toCharArray());
        }
        List<String> aliases = Collections.list(store.aliases());
        assertEquals(1, aliases.size());
        assertTrue(store.isCertificateEntry(aliases.getFirst()));
        assertEquals(parse(authority.certificatePem()), store.getCertificate(aliases.getFirst()));
    }

    @Test
    void keepsItsKeyToTheOwner() throws Exception {
        // When
        LocalAuthority.loadOrCreate(directory);

        // Then
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("local-authority.p12"))));
    }

    private static X509Certificate parse(String pem) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }
}
