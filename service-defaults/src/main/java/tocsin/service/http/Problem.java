package tocsin.service.http;

import io.micronaut.http.HttpStatus;
import java.net.URI;

/**
 * An error that the client is told of, as a problem document (RFC 9457). Thrown by controllers and what they call.
 *
 * <p>The detail is read by strangers: no secrets, no inside.
 */
public final class Problem extends RuntimeException {

    /** Where the title says all (RFC 9457, 4.2.1). */
    public static final URI BLANK = URI.create("about:blank");

    private final HttpStatus status;
    private final URI type;
    private final String title;

    /**
     * @param type names this kind of problem for machines; {@link #BLANK} where the status says enough
     * @param title the same for every problem of the type
     * @param detail about this one occurrence
     */
    public Problem(HttpStatus status, URI type, String title, String detail) {
        // An expected answer, not a fault: nobody reads its stack.
        super(detail, null, false, false);
        this.status = status;
        this.type = type;
        this.title = title;
    }

    public Problem(HttpStatus status, String detail) {
        this(status, BLANK, status.getReason(), detail);
    }

    public static Problem badRequest(String detail) {
        return new Problem(HttpStatus.BAD_REQUEST, detail);
    }

    public static Problem forbidden(String detail) {
        return new Problem(HttpStatus.FORBIDDEN, detail);
    }

    public static Problem notFound(String detail) {
        return new Problem(HttpStatus.NOT_FOUND, detail);
    }

    public static Problem conflict(String detail) {
        return new Problem(HttpStatus.CONFLICT, detail);
    }

    public static Problem gone(String detail) {
        return new Problem(HttpStatus.GONE, detail);
    }

    /** Well-formed, and yet not to be done. */
    public static Problem unprocessable(String detail) {
        return new Problem(HttpStatus.UNPROCESSABLE_ENTITY, detail);
    }

    /** Cannot be taken now, such as while the broker is away; the client may try again. */
    public static Problem unavailable(String detail) {
        return new Problem(HttpStatus.SERVICE_UNAVAILABLE, detail);
    }

    public HttpStatus status() {
        return status;
    }

    public URI type() {
        return type;
    }

    public String title() {
        return title;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
