package tocsin.schemas;

import org.apache.avro.SystemLimitException;
import org.apache.avro.util.ClassSecurityValidator;

/** What Avro may do with bytes from outside: instantiate our generated classes only, and believe no length beyond ours. */
final class AvroLimits {

    /** An element can be one byte on the wire and a hundred in memory. The longest list we send has 10,000 versions. */
    private static final int MAX_ELEMENTS = 100_000;

    private AvroLimits() {}

    /** Takes effect only before Avro reads its first message, hence the call from the codec's class initialiser. */
    static void apply() {
        // Avro allocates what a length prefix asks for before it looks whether so many bytes are there.
        setUnlessSet(SystemLimitException.MAX_STRING_LENGTH_PROPERTY, MessageCodec.MAX_MESSAGE_BYTES);
        setUnlessSet(SystemLimitException.MAX_BYTES_LENGTH_PROPERTY, MessageCodec.MAX_MESSAGE_BYTES);
        setUnlessSet(SystemLimitException.MAX_COLLECTION_LENGTH_PROPERTY, MAX_ELEMENTS);
        String generated = AvroLimits.class.getPackageName() + ".avro";
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.DEFAULT, type -> type.getPackageName().equals(generated)));
    }

    private static void setUnlessSet(String property, int limit) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(limit));
        }
    }
}
