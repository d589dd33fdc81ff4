package tocsin.schemas;

import org.apache.avro.SystemLimitException;
import org.apache.avro.util.ClassSecurityValidator;

/** What Avro may do with bytes from outside: instantiate our generated classes only, and believe no length beyond ours. */
final class AvroLimits {

    private static final String MAX_LENGTH = Integer.toString(MessageCodec.MAX_MESSAGE_BYTES);

    private AvroLimits() {}

    /** Takes effect only before Avro reads its first message, hence the call from the codec's class initialiser. */
    static void apply() {
        // Avro allocates what a length prefix asks for before it looks whether so many bytes are there.
        setUnlessSet(SystemLimitException.MAX_STRING_LENGTH_PROPERTY);
        setUnlessSet(SystemLimitException.MAX_BYTES_LENGTH_PROPERTY);
        setUnlessSet(SystemLimitException.MAX_COLLECTION_LENGTH_PROPERTY);
        String generated = AvroLimits.class.getPackageName() + ".avro";
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.DEFAULT, type -> type.getPackageName().equals(generated)));
    }

    private static void setUnlessSet(String property) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, MAX_LENGTH);
        }
    }
}
