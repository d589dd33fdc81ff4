package tocsin.matcher.osv;

/** What became of the text of an OSV record. */
public sealed interface OsvReading {

    record Read(OsvAdvisory advisory) implements OsvReading {}

    /** @param reason for people; repeats nothing long of the record */
    record Unreadable(String reason) implements OsvReading {}
}
