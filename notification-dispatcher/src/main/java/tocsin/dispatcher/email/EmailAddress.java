package tocsin.dispatcher.email;

import java.util.regex.Pattern;

/** Which texts we send mail to. */
public final class EmailAddress {

    /** RFC 5321, 4.5.3.1.3: a path of 256 octets with its brackets. */
    static final int MAX_LENGTH = 254;

    /** The dot-atoms of RFC 5322 at a domain with a dot: no quotes, comments, routes, lists, and nothing that could end a header. */
    private static final Pattern DOT_ATOM =
            Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
                    + "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+");

    private EmailAddress() {}

    public static boolean isValid(String address) {
        return address.length() <= MAX_LENGTH
                && address.indexOf('@') <= 64
                && DOT_ATOM.matcher(address).matches();
    }
}
