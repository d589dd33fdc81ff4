package tocsin.sender.egress;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The body of an answer: read as far as it is worth a connection that can be used again, kept as far as it helps people. */
final class AnswerBody {

    /** What is read; the rest is left on the line and the connection closed. */
    static final int LONGEST = 64 * 1024;

    /** What is kept. */
    static final int LONGEST_BEGINNING = 4 * 1024;

    private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
    private int total;
    private boolean finished;

    /** @param body null where the answer has none */
    void read(@Nullable InputStream body) throws IOException {
        if (body == null) {
            finished = true;
            return;
        }
        byte[] buffer = new byte[8 * 1024];
        while (total < LONGEST) {
            int read = body.read(buffer, 0, Math.min(buffer.length, LONGEST - total));
            if (read < 0) {
                finished = true;
                return;
            }
            beginning.write(buffer, 0, Math.min(read, LONGEST_BEGINNING - beginning.size()));
            total += read;
        }
    }

    /** False if there is more than is read. */
    boolean isFinished() {
        return finished;
    }

    String beginning() {
        return beginning.toString(UTF_8);
    }

    /** Whether there is more than the beginning. */
    boolean isCut() {
        return !finished || total > LONGEST_BEGINNING;
    }
}
