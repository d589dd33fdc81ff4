package tocsin.matcher.osv;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;
import tocsin.matcher.version.Version;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.Severity;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;

/** Gathers the {@code affected} entries of one package and reads which versions they mean. */
final class AffectedVersionsReader {

    private static final int MAX_VERSIONS = 10_000;
    private static final int MAX_RANGES = 1000;
    private static final int MAX_EVENTS = 10_000;

    private final PackageKey packageKey;
    private final List<JsonNode> entries = new ArrayList<>();
    private final Set<String> versions = new LinkedHashSet<>();
    private final List<VersionRange> ranges = new ArrayList<>();
    private final Set<String> leftOut = new LinkedHashSet<>();
    private boolean onlyPlaceholder;
    private boolean allVersions;
    private int textLength;

    AffectedVersionsReader(PackageKey packageKey) {
        this.packageKey = packageKey;
    }

    void add(JsonNode entry) {
        entries.add(entry);
    }

    List<JsonNode> entries() {
        return List.copyOf(entries);
    }

    /**
     * Reads all that can be evaluated: what is affected is the union of lists and ranges, so what one of them says is certain whatever
     * stands beside it.
     *
     * @param withdrawn a withdrawn record need not say what it meant
     * @throws UnreadableOsvException if there is nothing that can be evaluated, which is never read as "all" or "none", or too much
     */
    AffectedPackage read(boolean withdrawn, Severity severity) {
        for (JsonNode entry : entries) {
            orLeaveOut(() -> Json.array(entry, "versions", MAX_VERSIONS)
                    .forEach(version -> orLeaveOut(() -> addListed(version))));
            orLeaveOut(
                    () -> Json.array(entry, "ranges", MAX_RANGES).forEach(range -> orLeaveOut(() -> addRange(range))));
        }
        if (textLength > AffectedPackage.MAX_TEXT_LENGTH) {
            throw new UnreadableOsvException(
                    "versions and borders have more than " + AffectedPackage.MAX_TEXT_LENGTH + " characters");
        }
        if (versions.isEmpty() && ranges.isEmpty() && !withdrawn) {
            leftOut().ifPresent(reason -> {
                throw new UnreadableOsvException(reason);
            });
            throw new UnreadableOsvException(
                    onlyPlaceholder
                            ? "lists no version but the ecosystem's placeholder for a removed package"
                            : "has neither a list of versions nor a range of type SEMVER or ECOSYSTEM");
        }
        return new AffectedPackage(packageKey, severity, allVersions, List.copyOf(versions), ranges);
    }

    /** Why parts of what was read could not be evaluated; empty: all could. */
    Optional<String> leftOut() {
        return leftOut.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", leftOut));
    }

    private void orLeaveOut(Runnable part) {
        try {
            part.run();
        } catch (UnreadableOsvException e) {
            leftOut.add(e.reason());
        }
    }

    private void addListed(JsonNode version) {
        String text = versionText(version, "a listed version");
        if (Version.isPlaceholder(packageKey.ecosystem(), text)) {
            onlyPlaceholder = true;
        } else {
            versions.add(text);
        }
    }

    private void addRange(JsonNode range) {
        String type = Json.text(range, "type").orElse("");
        switch (type) {
            case "GIT" -> {}
            case "SEMVER", "ECOSYSTEM" -> {
                List<VersionEvent> events = new ArrayList<>();
                Json.array(range, "events", MAX_EVENTS).forEach(event -> addEvents(event, events));
                if (events.stream().noneMatch(event -> event.getKind() == VersionEventKind.INTRODUCED)) {
                    throw new UnreadableOsvException("a range has no introduced event");
                }
                allVersions |= isAll(events);
                ranges.add(new VersionRange(events));
            }
            default -> throw new UnreadableOsvException("a range is of no type that OSV defines");
        }
    }

    private void addEvents(JsonNode event, List<VersionEvent> events) {
        int before = events.size();
        for (VersionEventKind kind : VersionEventKind.values()) {
            JsonNode border = event.path(field(kind));
            if (!border.isMissingNode() && !border.isNull()) {
                events.add(new VersionEvent(kind, border(kind, border)));
            }
        }
        if (events.size() == before) {
            throw new UnreadableOsvException("a range has an event of no kind that OSV defines");
        }
    }

    private String border(VersionEventKind kind, JsonNode node) {
        String text = versionText(node, "a border of a range");
        boolean special = switch (kind) {
            case INTRODUCED -> text.equals("0");
            case LIMIT -> text.equals("*");
            case FIXED, LAST_AFFECTED -> false;
        };
        if (!special && Version.parse(packageKey.ecosystem(), text).isEmpty()) {
            throw new UnreadableOsvException("a border of a range is no version of the ecosystem");
        }
        return text;
    }

    private String versionText(JsonNode node, String what) {
        String text = Optional.ofNullable(node.textValue())
                .orElseThrow(() -> new UnreadableOsvException(what + " is no text"));
        if (text.isBlank() || text.length() > Version.MAX_LENGTH || text.chars().anyMatch(Character::isISOControl)) {
            throw new UnreadableOsvException(
                    what + " is blank, has control characters or is longer than " + Version.MAX_LENGTH);
        }
        textLength += text.length();
        return text;
    }

    /** Begins before every version, or with the least that is released, and has no end. */
    private boolean isAll(List<VersionEvent> events) {
        return events.stream()
                        .anyMatch(e -> e.getKind() == VersionEventKind.INTRODUCED && isTheBeginning(e.getVersion()))
                && events.stream().allMatch(e -> switch (e.getKind()) {
                    case INTRODUCED -> true;
                    case LIMIT -> e.getVersion().equals("*");
                    case FIXED, LAST_AFFECTED -> false;
                });
    }

    /** Feeds write that every version is bad in more ways than OSV's own "0". */
    private boolean isTheBeginning(String introduced) {
        return introduced.equals("0")
                || Version.parse(packageKey.ecosystem(), introduced)
                        .filter(version -> version.compareTo(leastRelease()) <= 0)
                        .isPresent();
    }

    private Version leastRelease() {
        return Version.parse(packageKey.ecosystem(), "0.0.0").orElseThrow();
    }

    private static String field(VersionEventKind kind) {
        return switch (kind) {
            case INTRODUCED -> "introduced";
            case FIXED -> "fixed";
            case LAST_AFFECTED -> "last_affected";
            case LIMIT -> "limit";
        };
    }
}
