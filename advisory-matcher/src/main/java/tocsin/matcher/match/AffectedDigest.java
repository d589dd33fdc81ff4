package tocsin.matcher.match;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionRange;

/** A digest of what an advisory says is affected, and how badly; not of its words. */
final class AffectedDigest {

    private AffectedDigest() {}

    /** SHA-256 in hexadecimal digits. */
    static String of(AdvisoryAccepted advisory) {
        return digest(out -> {
            // By name: a number would change with the order of an enum's symbols.
            write(advisory.getKind().name(), out);
            write(advisory.getSeverity().name(), out);
            out.writeLong(advisory.getWithdrawnAt().map(Instant::toEpochMilli).orElse(Long.MIN_VALUE));
            out.writeBoolean(advisory.getNarrowed());
            write(advisory.getAllVersions(), advisory.getVersions(), advisory.getRanges(), out);
        });
    }

    /** Of the versions alone, in whatever order they are listed. */
    static String of(boolean all, List<String> versions, List<VersionRange> ranges) {
        return digest(out -> write(all, versions.stream().sorted().toList(), ranges, out));
    }

    /** Writes what is digested. */
    private interface Content {
        void writeTo(DataOutputStream out) throws IOException;
    }

    private static String digest(Content content) {
        MessageDigest sha256 = sha256();
        try (DataOutputStream out =
                new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), sha256))) {
            content.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to nothing failed", e);
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    private static void write(boolean all, List<String> versions, List<VersionRange> ranges, DataOutputStream out)
            throws IOException {
        out.writeBoolean(all);
        writeAll(versions, out);
        out.writeInt(ranges.size());
        for (VersionRange range : ranges) {
            out.writeInt(range.getEvents().size());
            for (VersionEvent event : range.getEvents()) {
                write(event.getKind().name(), out);
                write(event.getVersion(), out);
            }
        }
    }

    private static void writeAll(List<String> texts, DataOutputStream out) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            write(text, out);
        }
    }

    /** With its length before it, so that no two advisories are written alike. */
    private static void write(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
