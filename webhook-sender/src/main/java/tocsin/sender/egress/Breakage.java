package tocsin.sender.egress;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import tocsin.sender.egress.EgressResult.ErrorClass;
import tocsin.sender.egress.Exchange.Phase;

/**
 * An exception of the network in plain words for the owner of an endpoint. Never the exception's own message: it can
 * repeat what the receiver sent.
 */
record Breakage(ErrorClass errorClass, String reason) {

    static Breakage timeout(Phase phase) {
        return new Breakage(ErrorClass.TIMEOUT, "timed out while " + phase.words());
    }

    static Breakage of(Throwable fault, Phase phase) {
        if (causes(fault).anyMatch(SSLException.class::isInstance)) {
            return new Breakage(ErrorClass.TLS, tls(fault, phase));
        }
        // Before the look at connect failures: a connect that times out is both.
        if (find(fault, SocketTimeoutException.class).isPresent()) {
            return timeout(phase);
        }
        // Of a look-up that was given up because nobody could wait for it any more: its deadline and ours are one.
        if (find(fault, CancellationException.class).isPresent()) {
            return timeout(phase);
        }
        if (find(fault, UnknownHostException.class).isPresent()) {
            return new Breakage(ErrorClass.DNS, "the host name was not found");
        }
        if (find(fault, NoRouteToHostException.class).isPresent()) {
            return new Breakage(ErrorClass.CONNECT, "no route to the host");
        }
        if (find(fault, ConnectException.class).isPresent()) {
            return new Breakage(ErrorClass.CONNECT, "the connection was refused");
        }
        if (phase == Phase.HANDSHAKE) {
            return new Breakage(ErrorClass.TLS, "the connection was closed while " + phase.words());
        }
        if (find(fault, SocketException.class).isPresent()
                || find(fault, EOFException.class).isPresent()) {
            // Who resets at once may be quicker than we learn that we are connected.
            ErrorClass errorClass = phase == Phase.CONNECT ? ErrorClass.CONNECT : ErrorClass.PROTOCOL;
            return new Breakage(errorClass, "the connection was reset while " + phase.words());
        }
        if (find(fault, IOException.class).isPresent()) {
            return new Breakage(ErrorClass.PROTOCOL, "no valid HTTP answer while " + phase.words());
        }
        // Not the network: ours to look at.
        throw new IllegalStateException("an exchange broke while " + phase.words(), fault);
    }

    private static String tls(Throwable fault, Phase phase) {
        if (find(fault, SSLPeerUnverifiedException.class).isPresent()) {
            return "the certificate is for another host name";
        }
        if (find(fault, CertificateExpiredException.class).isPresent()) {
            return "the certificate has expired";
        }
        if (find(fault, CertificateNotYetValidException.class).isPresent()) {
            return "the certificate is not valid yet";
        }
        if (find(fault, CertPathBuilderException.class).isPresent()
                || find(fault, CertPathValidatorException.class).isPresent()) {
            return "the certificate is from no trusted authority";
        }
        if (find(fault, CertificateException.class).isPresent()) {
            return "the certificate is not valid for this host";
        }
        if (find(fault, EOFException.class).isPresent()
                || find(fault, SocketException.class).isPresent()
                || isOfTheConnection(fault)) {
            return "the connection was closed while " + phase.words();
        }
        return "the TLS handshake failed";
    }

    /** What is written to a connection that was reset fails with an exception of no kind of its own. */
    private static boolean isOfTheConnection(Throwable fault) {
        return chain(fault)
                .anyMatch(it -> it instanceof IOException
                        && !(it instanceof SSLException)
                        && !(it instanceof SocketTimeoutException));
    }

    private static <T extends Throwable> Optional<T> find(Throwable fault, Class<T> type) {
        return causes(fault).filter(type::isInstance).map(type::cast).findFirst();
    }

    /** With what went wrong while the first fault was dealt with: where a reset meets a handshake, either may be the one that is thrown. */
    private static Stream<Throwable> causes(Throwable fault) {
        return chain(fault).flatMap(it -> Stream.concat(Stream.of(it), Stream.of(it.getSuppressed())));
    }

    private static Stream<Throwable> chain(Throwable fault) {
        return Stream.<Throwable>iterate(fault, it -> it != null, Throwable::getCause)
                .limit(20);
    }
}
