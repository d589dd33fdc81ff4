package tocsin.matcher.match;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.EarlierRevision;
import tocsin.schemas.avro.VersionRange;

/**
 * Ids that depend on nothing but what they name, so that a repeat is known as one downstream (UUID version 5, RFC 9562). What an
 * advisory says is affected is a part of each: a feed that changes it and leaves {@code modified} as it was says something new.
 */
public final class MatchIds {

    private static final UUID NAMESPACE = UUID.fromString("2b0c7e0a-53d5-4e0c-9d0e-6f1f3c1d7a54");

    private MatchIds() {}

    /** What one revision of an advisory says of one package. */
    public static UUID ofAdvisory(AdvisoryAccepted advisory) {
        return ofParts(
                advisory.getFeed(),
                advisory.getAdvisoryId(),
                revision(advisory),
                packageText(advisory),
                AffectedDigest.of(advisory));
    }

    /**
     * All affected downloads of an audience.
     *
     * @param affected {@link AffectedDigest} of the advisory, which is dear where it lists many versions
     */
    public static UUID ofScan(AdvisoryAccepted advisory, String affected, String audience) {
        return ofParts(
                advisory.getFeed(),
                advisory.getAdvisoryId(),
                revision(advisory),
                packageText(advisory),
                affected,
                audience);
    }

    /** The affected downloads of an audience of what the revision added. One part more than a match of one has, so that it is never one. */
    public static UUID ofAdded(AdvisoryAccepted advisory, String affected, String audience) {
        return ofParts(
                advisory.getFeed(),
                advisory.getAdvisoryId(),
                revision(advisory),
                packageText(advisory),
                affected,
                audience,
                "",
                "added");
    }

    /** A match of one. */
    public static UUID ofLate(AdvisoryAccepted advisory, String affected, String audience, String eventId) {
        return ofParts(
                advisory.getFeed(),
                advisory.getAdvisoryId(),
                revision(advisory),
                packageText(advisory),
                affected,
                audience,
                eventId);
    }

    /** What an advisory says of one package that may be held, in whichever revision it says so. */
    public static UUID ofHold(AdvisoryAccepted advisory) {
        return ofHold(advisory, advisory.getAllVersions(), advisory.getVersions(), advisory.getRanges());
    }

    /** The same of what is held beside what stands; both are the same words of the same advisory. */
    public static UUID ofHold(AdvisoryAccepted advisory, EarlierRevision held) {
        return ofHold(advisory, held.getAllVersions(), held.getVersions(), held.getRanges());
    }

    private static UUID ofHold(
            AdvisoryAccepted advisory, boolean all, List<String> versions, List<VersionRange> ranges) {
        return ofParts(
                advisory.getFeed(),
                advisory.getAdvisoryId(),
                packageText(advisory),
                AffectedDigest.of(all, versions, ranges));
    }

    private static String revision(AdvisoryAccepted advisory) {
        return Long.toString(advisory.getRevision().toEpochMilli());
    }

    private static String packageText(AdvisoryAccepted advisory) {
        return advisory.getEcosystem() + ":" + advisory.getPackageName();
    }

    /** Each part with its length before it, so that no two lists of parts are the same bytes. */
    private static UUID ofParts(String... parts) {
        MessageDigest sha1 = sha1();
        sha1.update(ByteBuffer.allocate(16)
                .putLong(NAMESPACE.getMostSignificantBits())
                .putLong(NAMESPACE.getLeastSignificantBits())
                .flip());
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            sha1.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
            sha1.update(bytes);
        }
        ByteBuffer digest = ByteBuffer.wrap(sha1.digest());
        long high = (digest.getLong() & ~0xF000L) | 0x5000L;
        long low = (digest.getLong() & ~0xC000_0000_0000_0000L) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
