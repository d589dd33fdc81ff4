package tocsin.tracker.intake;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Cuts a body into its events while it comes in: the elements of a JSON array, or one JSON object a line, or a single object over several lines.
 * It holds one event at a time, and never more of it than {@link JsonText#MAX_BYTES}. Whether a piece is JSON is for its reader to say.
 */
final class ItemSplitter {

    /** @param text the event's bytes; empty if it has more than an event may */
    record Item(Optional<byte[]> text) {}

    /** The body is no array of elements; what came before was cut off rightly. */
    static final class BrokenBodyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenBodyException(String reason) {
            super(reason);
        }
    }

    private enum Place {
        START,
        ELEMENT,
        BETWEEN,
        LINES,
        END
    }

    private final InputStream body;
    private final boolean lines;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream(1024);
    private Place place = Place.START;
    private boolean tooLong;

    /** @param lines whether each line is an event; else the body is one object or an array */
    ItemSplitter(InputStream body, boolean lines) {
        this.body = new BufferedInputStream(body);
        this.lines = lines;
    }

    /**
     * @return empty at the end
     * @throws BrokenBodyException if an array is not closed, or something else than a comma stands between its elements
     */
    Optional<Item> next() throws IOException {
        if (place == Place.START) {
            begin();
        }
        return switch (place) {
            case LINES -> lines ? nextLine() : rest();
            case ELEMENT, BETWEEN -> nextElement();
            case START, END -> Optional.empty();
        };
    }

    private void begin() throws IOException {
        if (lines) {
            place = Place.LINES;
            return;
        }
        int first = afterSpace();
        if (first == '[') {
            place = Place.ELEMENT;
        } else if (first < 0) {
            throw new BrokenBodyException("the body is empty");
        } else {
            keep(first);
            place = Place.LINES;
        }
    }

    private Optional<Item> nextLine() throws IOException {
        int at;
        while ((at = body.read()) >= 0) {
            if (at == '\n') {
                if (!isBlank()) {
                    return taken();
                }
                piece.reset();
            } else {
                keep(at);
            }
        }
        place = Place.END;
        return isBlank() ? Optional.empty() : taken();
    }

    /** A single object. */
    private Optional<Item> rest() throws IOException {
        int at;
        while ((at = body.read()) >= 0) {
            keep(at);
        }
        place = Place.END;
        return taken();
    }

    private Optional<Item> nextElement() throws IOException {
        int at = afterSpace();
        if (place == Place.BETWEEN) {
            if (at == ']') {
                return end();
            }
            if (at != ',') {
                throw broken(at);
            }
            at = afterSpace();
            if (at == ']') {
                throw new BrokenBodyException("the array has a comma before its end");
            }
        } else if (at == ']') {
            return end();
        }
        element(at);
        return taken();
    }

    private Optional<Item> end() throws IOException {
        if (afterSpace() >= 0) {
            throw new BrokenBodyException("something stands behind the array");
        }
        place = Place.END;
        return Optional.empty();
    }

    /** An object, up to the bracket that closes it; brackets in texts do not count. Nothing else can be an event. */
    private void element(int first) throws IOException {
        if (first != '{') {
            throw broken(first);
        }
        int depth = 0;
        boolean quoted = false;
        boolean escaped = false;
        int at = first;
        while (at >= 0) {
            keep(at);
            if (escaped) {
                escaped = false;
            } else if (quoted) {
                escaped = at == '\\';
                quoted = at != '"';
            } else if (at == '"') {
                quoted = true;
            } else if (at == '{' || at == '[') {
                depth++;
            } else if ((at == '}' || at == ']') && --depth == 0) {
                place = Place.BETWEEN;
                return;
            }
            at = body.read();
        }
        throw broken(at);
    }

    private static BrokenBodyException broken(int at) {
        return new BrokenBodyException(
                at < 0 ? "the array is not closed" : "the array has something else than objects with commas between");
    }

    private int afterSpace() throws IOException {
        int at;
        do {
            at = body.read();
        } while (at == ' ' || at == '\t' || at == '\r' || at == '\n');
        return at;
    }

    private void keep(int at) {
        if (piece.size() < JsonText.MAX_BYTES) {
            piece.write(at);
        } else {
            tooLong = true;
        }
    }

    private boolean isBlank() {
        if (tooLong) {
            return false;
        }
        for (byte at : piece.toByteArray()) {
            if (at != ' ' && at != '\t' && at != '\r') {
                return false;
            }
        }
        return true;
    }

    private Optional<Item> taken() {
        Item item = new Item(tooLong ? Optional.empty() : Optional.of(piece.toByteArray()));
        piece.reset();
        tooLong = false;
        return Optional.of(item);
    }
}
