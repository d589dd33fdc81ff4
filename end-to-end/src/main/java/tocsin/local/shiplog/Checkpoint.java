package tocsin.local.shiplog;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tocsin.local.running.Complaint;

/**
 * How far a log was shipped: everything before is with the broker.
 *
 * @param offset in the file that begins with the head
 * @param modified when that file was written last, as far as is known: milliseconds since the epoch. What was written before need not be read
 */
record Checkpoint(FileHead head, long offset, long modified) {

    /** Of a checkpoint's file that is not named otherwise, behind the log's name. */
    static final String SUFFIX = ".checkpoint";

    static final Checkpoint START = new Checkpoint(FileHead.NOTHING, 0, 0);

    private static final Pattern WRITTEN =
            Pattern.compile("tocsin-ship-log (?:1|2 (\\d{1,18})) (\\d{1,18}) (\\d{1,4}) ([0-9a-f]{64}|-)\\s*");

    /**
     * @return empty if there is no file yet
     * @throws Complaint if it is no checkpoint: to begin anew is for a person to decide
     */
    static Optional<Checkpoint> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Matcher written = WRITTEN.matcher(Files.readString(file));
        if (!written.matches()) {
            throw new Complaint(file + " is no checkpoint; move it away to ship the log from its beginning");
        }
        // The first form did not tell: then everything that lies there may be new, and shipping it again does no harm.
        String modified = written.group(1) == null ? "0" : written.group(1);
        String sha256 = written.group(4);
        return Optional.of(new Checkpoint(
                new FileHead(Integer.parseInt(written.group(3)), sha256.equals("-") ? "" : sha256),
                Long.parseLong(written.group(2)),
                Long.parseLong(modified)));
    }

    /** Wholly or not at all, also through a loss of power. */
    void write(Path file) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        String sha256 = head.sha256().isEmpty() ? "-" : head.sha256();
        Files.writeString(
                fresh, "tocsin-ship-log 2 " + modified + " " + offset + " " + head.length() + " " + sha256 + "\n");
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
