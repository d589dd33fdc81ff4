package tocsin.service.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
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
public final class TrustAnchors {

    private TrustAnchors() {}

    /**
     * @param setting what the operator calls the file by, for whoever has to mend it
     * @param extra PKCS12 file; empty for the JDK's authorities alone
     * @throws IllegalArgumentException if the file cannot be read or holds no certificate
     */
    public static SSLContext context(String setting, Optional<Path> extra, String password) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyStore anchors = extra.isPresent() ? merged(setting, extra.get(), password) : null;
            context.init(null, managers(anchors).getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    private static KeyStore merged(String setting, Path file, String password) throws GeneralSecurityException {
        try {
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            KeyStore own = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
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
                throw new IllegalArgumentException(setting + " holds no certificate: " + file);
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
            throw new IllegalArgumentException(setting + " cannot be read: " + file, e);
        }
    }

    /** @param anchors null for the JDK's own */
    private static TrustManagerFactory managers(@Nullable KeyStore anchors) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(anchors);
        return factory;
    }
}
