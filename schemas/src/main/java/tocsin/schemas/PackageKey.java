package tocsin.schemas;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A package by ecosystem and canonical name: what downloads and advisories are joined on.
 *
 * @param name npm names are taken as they are, case included; PyPI names are normalised by PEP 503.
 */
public record PackageKey(Ecosystem ecosystem, String name) {

    /** Longer than any name that a registry accepts today (npm: 214 characters). */
    public static final int MAX_NAME_LENGTH = 256;

    private static final Pattern PYPI_NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern PEP_503_RUN = Pattern.compile("[-_.]+");

    /**
     * @throws IllegalArgumentException if the name is empty, longer than {@value #MAX_NAME_LENGTH}, or holds what no name of the
     *     ecosystem does: white space or control characters for npm, anything but ASCII letters, digits, {@code . _ -} for PyPI.
     */
    public PackageKey {
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
            throw new IllegalArgumentException(
                    "package name must have 1 to " + MAX_NAME_LENGTH + " characters, has " + name.length());
        }
        switch (ecosystem) {
            case NPM -> {
                for (int i = 0; i < name.length(); i++) {
                    char c = name.charAt(i);
                    if (c <= ' ' || Character.isISOControl(c) || Character.isWhitespace(c)) {
                        throw new IllegalArgumentException("package name holds white space or control characters");
                    }
                }
            }
            case PYPI -> {
                if (!PYPI_NAME.matcher(name).matches()) {
                    throw new IllegalArgumentException("PyPI names have ASCII letters, digits, '.', '_' and '-' only");
                }
                name = PEP_503_RUN.matcher(name).replaceAll("-").toLowerCase(Locale.ROOT);
            }
        }
    }

    /** The form used as a record key and in stores: {@code npm:event-stream}. The ecosystem holds no colon, so it is unambiguous. */
    public String text() {
        return ecosystem.wireName() + ":" + name;
    }

    /** Reads what {@link #text()} wrote. */
    public static PackageKey parse(String text) {
        int colon = text.indexOf(':');
        Ecosystem ecosystem = colon < 0
                ? null
                : Ecosystem.ofWireName(text.substring(0, colon)).orElse(null);
        if (ecosystem == null) {
            throw new IllegalArgumentException("not a package key");
        }
        return new PackageKey(ecosystem, text.substring(colon + 1));
    }

    @Override
    public String toString() {
        return text();
    }
}
