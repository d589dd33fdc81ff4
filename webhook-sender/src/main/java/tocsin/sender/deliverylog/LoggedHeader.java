package tocsin.sender.deliverylog;

/** A header as the log keeps it: text that the database takes, of bounded length. */
public record LoggedHeader(String name, String value) {

    static final int LONGEST_NAME = 128;
    static final int LONGEST_VALUE = 1_024;

    public LoggedHeader {
        name = SafeText.of(name, LONGEST_NAME);
        value = SafeText.of(value, LONGEST_VALUE);
    }

    @Override
    public String toString() {
        return "LoggedHeader[" + name + "]";
    }
}
