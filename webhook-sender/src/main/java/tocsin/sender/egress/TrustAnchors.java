package tocsin.sender.egress;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are believed: the JDK's authorities and, beside them, those of the operator's own file. */
final class TrustAnchors {

    private TrustAnchors() {}

    /**
     * @param extra PKCS12 file; empty for the JDK's authorities alone
     * @throws IllegalArgumentException if the file cannot be read or holds no certificate
     */
    static SSLContext context(Optional<Path> extra, String password) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyStore anchors = extra.isPresent() ? merged(extra.get(), password) : null;
            context.init(null, managers(anchors).getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    private static KeyStore merged(Path file, String password) throws GeneralSecurityException {
        try {
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            KeyStore own = KeyStore.getInstance("PKCS12");
            try (var in = java.nio.file.Files.newInputStream(file)) {
                own.load(in, password.toCharArray());
            }
            int added = 0;
            for (String alias : Collections.list(own.aliases())) {
                Certificate certificate = own.getCertificate(alias);
                if (certificate != null) {
                    anchors.setCertificateEntry("own-" + added++, certificate);
                }
            }
            if (added == 0) {
                throw new IllegalArgumentException("tocsin.egress.trust-store holds no certificate: " + file);
            }
            int known = 0;
            for (var manager : managers(null).getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    for (X509Certificate certificate : x509.getAcceptedIssuers()) {
                        anchors.setCertificateEntry("jdk-" + known++, certificate);
                    }
                }
            }
            return anchors;
        } catch (IOException e) {
            throw new IllegalArgumentException("tocsin.egress.trust-store cannot be read: " + file, e);
        }
    }

    /** @param anchors null for the JDK's own */
    private static TrustManagerFactory managers(@Nullable KeyStore anchors) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(anchors);
        return factory;
    }
}
