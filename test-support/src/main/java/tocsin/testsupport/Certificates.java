package tocsin.testsupport;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/** EC P-256 certificates of a throw-away authority. */
final class Certificates {

    // Fixed, so that no test depends on the day on which it runs and kept data does not expire.
    private static final Instant NOT_BEFORE = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant NOT_AFTER = Instant.parse("2049-12-31T00:00:00Z");

    private static final X500Principal AUTHORITY = new X500Principal("CN=Tocsin local authority");
    private static final SecureRandom RANDOM = new SecureRandom();

    private Certificates() {}

    static KeyPair newKeyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
        return generator.generateKeyPair();
    }

    static X509Certificate ofAuthority(KeyPair pair) throws GeneralSecurityException, IOException {
        X509v3CertificateBuilder builder = builder(AUTHORITY, pair.getPublic(), NOT_BEFORE, NOT_AFTER)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                .addExtension(
                        Extension.subjectKeyIdentifier,
                        false,
                        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
        return signed(builder, pair.getPrivate());
    }

    static X509Certificate ofServer(
            PublicKey key, X509Certificate authority, PrivateKey authorityKey, List<String> hostnamesOrIps)
            throws GeneralSecurityException, IOException {
        return ofServer(key, authority, authorityKey, NOT_BEFORE, NOT_AFTER, hostnamesOrIps);
    }

    static X509Certificate ofServer(
            PublicKey key,
            X509Certificate authority,
            PrivateKey authorityKey,
            Instant notBefore,
            Instant notAfter,
            List<String> hostnamesOrIps)
            throws GeneralSecurityException, IOException {
        GeneralName[] names =
                hostnamesOrIps.stream().map(Certificates::generalName).toArray(GeneralName[]::new);
        X509v3CertificateBuilder builder = builder(
                        new X500Principal("CN=Tocsin local server"), key, notBefore, notAfter)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                .addExtension(
                        Extension.authorityKeyIdentifier,
                        false,
                        new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority))
                .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        return signed(builder, authorityKey);
    }

    /** For a part of a cluster, which is known by its name: it may call others, and answer under these names. */
    static X509Certificate ofPart(
            String commonName,
            PublicKey key,
            X509Certificate authority,
            PrivateKey authorityKey,
            List<String> hostnamesOrIps)
            throws GeneralSecurityException, IOException {
        X509v3CertificateBuilder builder = builder(new X500Principal("CN=" + commonName), key, NOT_BEFORE, NOT_AFTER)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                }))
                .addExtension(
                        Extension.authorityKeyIdentifier,
                        false,
                        new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority));
        if (!hostnamesOrIps.isEmpty()) {
            GeneralName[] names =
                    hostnamesOrIps.stream().map(Certificates::generalName).toArray(GeneralName[]::new);
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        }
        return signed(builder, authorityKey);
    }

    private static GeneralName generalName(String hostnameOrIp) {
        return new GeneralName(
                IPAddress.isValid(hostnameOrIp) ? GeneralName.iPAddress : GeneralName.dNSName, hostnameOrIp);
    }

    private static X509v3CertificateBuilder builder(
            X500Principal subject, PublicKey key, Instant notBefore, Instant notAfter) {
        BigInteger serial = new BigInteger(127, RANDOM).setBit(126);
        return new JcaX509v3CertificateBuilder(
                AUTHORITY, serial, Date.from(notBefore), Date.from(notAfter), subject, key);
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("cannot sign a certificate", e);
        }
    }
}
