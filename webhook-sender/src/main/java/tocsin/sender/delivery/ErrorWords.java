package tocsin.sender.delivery;

import tocsin.sender.egress.EgressResult.ErrorClass;

/** The words by which the delivery log tells kinds of failure apart. */
final class ErrorWords {

    static final String STATUS = "status";

    private ErrorWords() {}

    static String of(ErrorClass errorClass) {
        return switch (errorClass) {
            case DNS -> "dns";
            case ADDRESS -> "address";
            case CONNECT -> "connect";
            case TLS -> "tls";
            case TIMEOUT -> "timeout";
            case PROTOCOL -> "protocol";
        };
    }
}
