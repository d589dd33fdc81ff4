package tocsin.dispatcher.payload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** The same members in the same order, one to a line, as a person writes them into a test. */
public final class PrettyJson {

    private PrettyJson() {}

    public static String of(String json) {
        StringWriter pretty = new StringWriter();
        JsonFactory factory = new JsonFactory();
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        try (JsonParser parser = factory.createParser(json);
                JsonGenerator generator = factory.createGenerator(pretty).setPrettyPrinter(printer)) {
            parser.nextToken();
            generator.copyCurrentStructure(parser);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pretty.toString();
    }
}
