package tocsin.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate authority of one's own, so that a local receiver speaks real HTTPS and no check has to be switched off. Whoever
 * trusts it trusts this machine's tests: it belongs in no system trust store.
 */
public final class LocalAuthority {

    /** Of every key store that this class writes; it protects nothing, the format asks for one. */
    public static final String STORE_PASSWORD = "local-authority";

    private static final String KEY_STORE_FILE = "local-authority.p12";
    private static final String ALIAS = "local-authority";

    private final PrivateKey key;
    private final X509Certificate certificate;

    private LocalAuthority(PrivateKey key, X509Certificate certificate) {
        this.key = key;
        this.certificate = certificate;
    }

    /** A new one, which nobody trusts yet. */
    public static LocalAuthority create() {
        try {
            KeyPair pair = Certificates.newKeyPair();
            return new LocalAuthority(pair.getPrivate(), Certificates.ofAuthority(pair));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot create a certificate authority", e);
        }
    }

    /** The one that was made in this directory before, or a new one that is kept there. */
    public static LocalAuthority loadOrCreate(Path directory) {
        Path file = directory.resolve(KEY_STORE_FILE);
        try {
            if (Files.exists(file)) {
                return load(file);
            }
            LocalAuthority authority = create();
            KeyStore store = emptyStore();
            store.setKeyEntry(
                    ALIAS, authority.key, STORE_PASSWORD.toCharArray(), new Certificate[] {authority.certificate});
            PrivateFile.write(file, bytes(store));
            return authority;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot keep a certificate authority in " + file, e);
        }
    }

    private static LocalAuthority load(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, STORE_PASSWORD.toCharArray());
        }
        if (store.getKey(ALIAS, STORE_PASSWORD.toCharArray()) instanceof PrivateKey key
                && store.getCertificate(ALIAS) instanceof X509Certificate certificate) {
            return new LocalAuthority(key, certificate);
        }
        throw new IOException(file + " holds no certificate authority");
    }

    /**
     * For a server that is called by any of these names; each call makes a new key and certificate.
     *
     * @param hostnamesOrIps at least one; what looks like an address is certified as one
     */
    public SSLContext serverContext(String... hostnamesOrIps) {
        try {
            return context(serverStore(hostnamesOrIps));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot certify " + List.of(hostnamesOrIps), e);
        }
    }

    /** As {@link #serverContext(String...)}, but valid from then until then only. */
    public SSLContext serverContext(Instant notBefore, Instant notAfter, String... hostnamesOrIps) {
        try {
            KeyPair pair = Certificates.newKeyPair();
            return context(storeOf(
                    pair,
                    Certificates.ofServer(
                            pair.getPublic(), certificate, key, notBefore, notAfter, List.of(hostnamesOrIps)),
                    certificate));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot certify " + List.of(hostnamesOrIps), e);
        }
    }

    /** For a server that vouches for itself: nobody trusts it. */
    public static SSLContext selfSignedContext() {
        try {
            KeyPair pair = Certificates.newKeyPair();
            return context(storeOf(pair, Certificates.ofAuthority(pair)));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot sign a certificate", e);
        }
    }

    private static SSLContext context(KeyStore store) throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, STORE_PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static KeyStore storeOf(KeyPair pair, Certificate... chain) throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        store.setKeyEntry("server", pair.getPrivate(), STORE_PASSWORD.toCharArray(), chain);
        return store;
    }

    /** A new key and its certificate, with {@link #STORE_PASSWORD}. */
    KeyStore serverStore(String... hostnamesOrIps) throws GeneralSecurityException, IOException {
        KeyPair pair = Certificates.newKeyPair();
        X509Certificate leaf = Certificates.ofServer(pair.getPublic(), certificate, key, List.of(hostnamesOrIps));
        return storeOf(pair, leaf, certificate);
    }

    /** For a client that trusts this authority and no other. */
    public SSLContext clientContext() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trustStore());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make a client of the local authority", e);
        }
    }

    /**
     * Writes a PKCS12 store (password {@link #STORE_PASSWORD}) for {@code -Djavax.net.ssl.trustStore}. A JVM that uses it trusts
     * this authority and no public one.
     *
     * @return the file
     */
    public Path writeTrustStore(Path file) {
        try {
            PrivateFile.write(file, bytes(trustStore()));
            return file;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot write a trust store to " + file, e);
        }
    }

    /**
     * Writes a PKCS12 store (password {@link #STORE_PASSWORD}) with a new key and the certificate by which its owner is known to
     * others: {@code CN=} and the name.
     *
     * @param hostnamesOrIps what it is called by if it is a server, too
     * @return the file
     */
    public Path writeIdentity(Path file, String commonName, String... hostnamesOrIps) {
        try {
            KeyPair pair = Certificates.newKeyPair();
            X509Certificate leaf =
                    Certificates.ofPart(commonName, pair.getPublic(), certificate, key, List.of(hostnamesOrIps));
            PrivateFile.write(file, bytes(storeOf(pair, leaf, certificate)));
            return file;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot certify " + commonName, e);
        }
    }

    private KeyStore trustStore() throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        store.setCertificateEntry(ALIAS, certificate);
        return store;
    }

    /** The authority's own certificate, without its key. */
    public String certificatePem() {
        try {
            String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot encode the authority's certificate", e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    static byte[] bytes(KeyStore store) throws GeneralSecurityException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            store.store(out, STORE_PASSWORD.toCharArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
