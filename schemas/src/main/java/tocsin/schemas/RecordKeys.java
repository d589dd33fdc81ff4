package tocsin.schemas;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The record keys that are made of more than one value. The others are the value itself in UTF-8. */
public final class RecordKeys {

    /** Key in {@code org.entitlements} of the record that says that all are told; no organisation has it. */
    public static final String ALL_ENTITLEMENTS_TOLD = "";

    private RecordKeys() {}

    /**
     * Key of {@code download.recorded}. Audience and package together, so that a hot package or a big organisation spreads
     * over all partitions while all downloads that one match needs stay in one.
     */
    public static String downloadRecorded(Audience audience, PackageKey packageKey) {
        return audience.text() + " " + packageKey.text();
    }

    /**
     * Key of {@code advisory.accepted} and {@code advisory.held}.
     *
     * @throws IllegalArgumentException if the feed holds a space, which would let two advisories have one key
     */
    public static String advisoryAccepted(PackageKey packageKey, String feed, String advisoryId) {
        if (feed.indexOf(' ') >= 0) {
            throw new IllegalArgumentException("feed holds a space");
        }
        return packageKey.text() + " " + feed + " " + advisoryId;
    }

    /** Key of {@code package.popularity}. No package key holds a blank. */
    public static String packagePopularity(PackageKey packageKey, int partition) {
        return packageKey.text() + " " + partition;
    }

    /**
     * Key in {@code advisory.status} of what became of an advisory. All keys of one advisory begin with its id and a space.
     *
     * @param packageText a package key; {@code -}: of no package
     */
    public static String advisoryStatus(String advisoryId, String feed, String packageText) {
        return advisoryId + " " + feed + " " + packageText;
    }

    /** Key in {@code advisory.status} of how far one partition is with it. */
    public static String scanProgress(String advisoryId, String feed, String packageText, int partition) {
        return advisoryStatus(advisoryId, feed, packageText) + " " + partition;
    }

    /** Key in {@code advisory.status} of how far a partition has come with the advisories of one of {@code advisory.accepted}. */
    public static String fanoutReached(int partition, int acceptedPartition) {
        return " " + partition + " " + acceptedPartition;
    }

    /** Key of {@code email.requested}: SHA-256 of the address in lower case, so that no address stands in a key. */
    public static String emailRecipient(String address) {
        return sha256(address.toLowerCase(Locale.ROOT));
    }

    /** Key of {@code privacy.erasure}: SHA-256 of the subject, so that nobody is named in a key. */
    public static String privacyErasure(ErasureSubject subject) {
        return sha256(subject.text());
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
