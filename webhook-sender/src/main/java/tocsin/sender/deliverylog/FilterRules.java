package tocsin.sender.deliverylog;

import java.util.regex.Pattern;
import tocsin.schemas.WebhookContract;
import tocsin.service.http.Problem;

/** What may be asked for: only what a delivery can have, and a database takes as text. */
public final class FilterRules {

    private static final Pattern ID = Pattern.compile("[\\x21-\\x7E]{1,256}");

    private FilterRules() {}

    /** @throws Problem 400 if no event has such a type */
    public static String type(String type) {
        try {
            WebhookContract.checkType(type);
        } catch (IllegalArgumentException _) {
            throw Problem.badRequest("A type is like guard.malicious_package_detected, with at most "
                    + WebhookContract.MAX_TYPE_CHARACTERS + " characters.");
        }
        return type;
    }

    /** @throws Problem 400 if there cannot be such an endpoint */
    static String endpoint(String id) {
        if (!isId(id)) {
            throw Problem.badRequest("endpoint is the id of an endpoint: WH….");
        }
        return id;
    }

    /** Whether anything can have this id; nothing else is fit for a query. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }
}
