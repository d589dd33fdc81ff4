package tocsin.local.running;

import java.io.Serial;

/** What the person who typed the command can put right; the message is one line and all that is shown. */
public final class Complaint extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    public Complaint(String message) {
        super(message);
    }

    public Complaint(String message, Throwable cause) {
        super(message, cause);
    }
}
