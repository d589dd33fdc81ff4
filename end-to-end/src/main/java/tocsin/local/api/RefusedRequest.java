package tocsin.local.api;

import java.io.Serial;

/** A service answered otherwise than with success. */
public final class RefusedRequest extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final int status;

    RefusedRequest(String method, String path, int status, String body) {
        super(method + " " + path + " was answered " + status + ": " + body);
        this.status = status;
    }

    /** HTTP status. */
    public int status() {
        return status;
    }
}
