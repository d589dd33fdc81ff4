package tocsin.sender.egress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.sender.egress.EgressResult.ErrorClass;
import tocsin.sender.egress.Exchange.Phase;

/** What is thrown where a reset meets a connect, a handshake or a write depends on which of them is quicker; all of these were seen. */
class BreakageTest {

    private static Throwable beside(Throwable fault, Throwable suppressed) {
        fault.addSuppressed(suppressed);
        return fault;
    }

    static Stream<Arguments> faults() {
        IOException writtenTooLate = new IOException("Broken pipe");
        SocketException reset = new SocketException("Connection reset");
        String closed = "the connection was closed while shaking hands (TLS)";
        return Stream.of(
                arguments(reset, Phase.CONNECT, ErrorClass.CONNECT, "the connection was reset while connecting"),
                arguments(
                        new ConnectException("Connection refused"),
                        Phase.CONNECT,
                        ErrorClass.CONNECT,
                        "the connection was refused"),
                arguments(
                        new UnknownHostException("nowhere"),
                        Phase.LOOKUP,
                        ErrorClass.DNS,
                        "the host name was not found"),
                arguments(
                        new CancellationException(),
                        Phase.LOOKUP,
                        ErrorClass.TIMEOUT,
                        "timed out while looking up the host name"),
                arguments(reset, Phase.HANDSHAKE, ErrorClass.TLS, closed),
                arguments(new SSLException("fatal", reset), Phase.HANDSHAKE, ErrorClass.TLS, closed),
                arguments(new SSLException("fatal", writtenTooLate), Phase.HANDSHAKE, ErrorClass.TLS, closed),
                arguments(beside(new SSLException("fatal"), reset), Phase.HANDSHAKE, ErrorClass.TLS, closed),
                arguments(
                        // Nobody reads our alert any more: that is not why it failed.
                        beside(new SSLException("not TLS"), writtenTooLate),
                        Phase.HANDSHAKE,
                        ErrorClass.TLS,
                        "the TLS handshake failed"),
                arguments(
                        reset,
                        Phase.ANSWER,
                        ErrorClass.PROTOCOL,
                        "the connection was reset while waiting for the answer"),
                arguments(
                        writtenTooLate,
                        Phase.BODY,
                        ErrorClass.PROTOCOL,
                        "no valid HTTP answer while reading the body of the answer"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void saysInPlainWordsWhatWentWrong(Throwable fault, Phase phase, ErrorClass errorClass, String reason) {
        assertEquals(new Breakage(errorClass, reason), Breakage.of(new ExecutionException(fault), phase));
    }
}
