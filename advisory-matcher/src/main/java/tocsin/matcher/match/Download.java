package tocsin.matcher.match;

import java.util.Optional;
import tocsin.matcher.version.Version;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.Principal;

/**
 * A recorded download, checked.
 *
 * @param originRegistry host of an internal registry; empty: the ecosystem's public one
 * @param facts as they appear in a match
 */
public record Download(
        PackageKey packageKey, Optional<String> originRegistry, Audience audience, AffectedDownload facts) {

    private static final int MAX_ID_LENGTH = 256;
    private static final int MAX_TEXT_LENGTH = 1024;

    /** @throws IllegalArgumentException if a value is not what the message's schema says, with what is wrong */
    public static Download of(DownloadRecorded recorded) {
        Ecosystem ecosystem = Ecosystem.ofWireName(recorded.getEcosystem())
                .orElseThrow(() -> new IllegalArgumentException("ecosystem is not known"));
        requirePlain("version", recorded.getVersion(), Version.MAX_LENGTH);
        requirePlain("event_id", recorded.getEventId(), MAX_ID_LENGTH);
        Optional<String> originRegistry = recorded.getOriginRegistry().filter(host -> !host.isEmpty());
        originRegistry.ifPresent(host -> requirePlain("origin_registry", host, MAX_ID_LENGTH));
        requireShort(recorded.getPrincipal());
        return new Download(
                new PackageKey(ecosystem, recorded.getPackageName()),
                originRegistry,
                Audience.parse(recorded.getAudience()),
                new AffectedDownload(
                        recorded.getEventId(),
                        recorded.getVersion(),
                        recorded.getFetchedAt(),
                        recorded.getReceivedAt(),
                        recorded.getPrincipal()));
    }

    /** Came from a registry of the organisation's own: what is public under the same name is another package. */
    public boolean isInternal() {
        return originRegistry.isPresent();
    }

    /** By hand: this is asked of each download, and a stream costs more than the rest of the check. */
    private static void requirePlain(String field, String text, int atMost) {
        boolean plain = text.length() <= atMost && !text.isBlank();
        for (int i = 0; plain && i < text.length(); i++) {
            plain = !Character.isISOControl(text.charAt(i));
        }
        if (!plain) {
            throw new IllegalArgumentException(field + " is blank, has control characters or is longer than " + atMost);
        }
    }

    private static void requireShort(Principal principal) {
        if (isLong(principal.getId())
                || isLong(principal.getName().orElse(""))
                || isLong(principal.getEmail().orElse(""))
                || isLong(principal.getRepository().orElse(""))) {
            throw new IllegalArgumentException("principal has a value longer than " + MAX_TEXT_LENGTH);
        }
    }

    private static boolean isLong(String text) {
        return text.length() > MAX_TEXT_LENGTH;
    }
}
