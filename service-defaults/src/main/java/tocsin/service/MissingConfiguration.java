package tocsin.service;

/** A service cannot start because a setting is missing or makes no sense. The message is one line, names the setting and holds no value. */
public final class MissingConfiguration extends RuntimeException {

    public MissingConfiguration(String message) {
        super(message);
    }

    /** @param key as in {@code application.yml}; the message names the environment variable too */
    public static MissingConfiguration of(String key) {
        return new MissingConfiguration(key + " is not set (environment: "
                + key.replace('.', '_').replace("-", "_").toUpperCase(java.util.Locale.ROOT) + ")");
    }
}
