package tocsin.matcher.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tocsin.matcher.feed.PublishedAdvisory.Reading;
import tocsin.schemas.avro.AdvisoryPublished;

/**
 * Many OSV records in one text: an object, an array of objects, or one object a line (NDJSON). Each record is judged for itself and
 * kept as it was written, byte for byte.
 *
 * @param taken in the order of the text
 * @param refused in the order of the text
 */
record AdvisoryBatch(List<Item> taken, List<Refused> refused) {

    static final int MAX_ITEMS = 10_000;

    /** Deeper than a record may be, which the reader of records judges by its own measure. */
    private static final int MAX_DEPTH = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(1000)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    AdvisoryBatch {
        taken = List.copyOf(taken);
        refused = List.copyOf(refused);
    }

    /** @param id of the advisory */
    record Item(String id, AdvisoryPublished message) {}

    /**
     * @param index of the record in the batch, from 0; in NDJSON empty lines do not count
     * @param reason for people; repeats nothing of the record
     */
    record Refused(int index, String reason) {}

    /**
     * @param lines one record a line; else an object or an array
     * @throws IllegalArgumentException if the text as a whole is not such, or has more than {@value #MAX_ITEMS} records; with what is wrong
     */
    static AdvisoryBatch read(String feed, String text, boolean lines, Instant receivedAt) {
        List<String> records = lines ? lines(text) : elements(text);
        List<Item> taken = new ArrayList<>();
        List<Refused> refused = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            if (records.get(i).getBytes(UTF_8).length > PublishedAdvisory.MAX_BYTES) {
                refused.add(new Refused(i, "record has more than " + PublishedAdvisory.MAX_BYTES + " bytes"));
                continue;
            }
            AdvisoryPublished message = new AdvisoryPublished(feed, records.get(i), receivedAt);
            switch (PublishedAdvisory.read(message, receivedAt)) {
                case Reading.Read(PublishedAdvisory advisory) ->
                    taken.add(new Item(advisory.osv().id(), message));
                case Reading.Unreadable(String reason) -> refused.add(new Refused(i, reason));
            }
        }
        return new AdvisoryBatch(taken, refused);
    }

    private static List<String> lines(String text) {
        List<String> records = text.lines()
                .filter(line -> !line.isBlank())
                .limit(MAX_ITEMS + 1L)
                .toList();
        requireFew(records.size());
        return records;
    }

    private static List<String> elements(String text) {
        List<String> records = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    records.add(element(parser, text));
                    requireFew(records.size());
                }
            } else if (first == JsonToken.START_OBJECT) {
                records.add(element(parser, text));
            } else {
                throw new IllegalArgumentException("The body is neither an object nor an array.");
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("There is something behind the end of the body.");
            }
        } catch (IOException _) {
            // Its message quotes the text.
            throw new IllegalArgumentException("The body is no JSON.");
        }
        return records;
    }

    private static String element(JsonParser parser, String text) throws IOException {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        // Of a text or a number, which are no records anyway, the value must be read for its end to be known.
        parser.finishToken();
        return text.substring(start, (int) parser.currentLocation().getCharOffset());
    }

    private static void requireFew(int size) {
        if (size > MAX_ITEMS) {
            throw new IllegalArgumentException("There are more than " + MAX_ITEMS + " records.");
        }
    }
}
