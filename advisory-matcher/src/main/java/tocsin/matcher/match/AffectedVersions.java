package tocsin.matcher.match;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tocsin.matcher.version.Version;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;

/** Which versions an advisory affects: those listed, and those inside any of its ranges (osv-schema, "Evaluation"). */
public final class AffectedVersions {

    private final Ecosystem ecosystem;
    private final boolean all;
    private final Set<String> listedTexts;
    private @Nullable Set<Version> listedVersions;
    private final List<Range> ranges;

    private AffectedVersions(Ecosystem ecosystem, boolean all, List<String> listed, List<VersionRange> ranges) {
        this.ecosystem = ecosystem;
        this.all = all;
        this.listedTexts = Set.copyOf(listed);
        this.ranges = ranges.stream().map(range -> Range.of(ecosystem, range)).toList();
    }

    /** @throws IllegalArgumentException if the ecosystem is not known or a border is no version of it */
    public static AffectedVersions of(AdvisoryAccepted advisory) {
        Ecosystem ecosystem = Ecosystem.ofWireName(advisory.getEcosystem())
                .orElseThrow(() -> new IllegalArgumentException("advisory is for an ecosystem that is not known"));
        return advisory.getNarrowed()
                ? of(ecosystem, false, List.of(), List.of())
                : of(ecosystem, advisory.getAllVersions(), advisory.getVersions(), advisory.getRanges());
    }

    /** @throws IllegalArgumentException if a border is no version of the ecosystem */
    static AffectedVersions of(Ecosystem ecosystem, boolean all, List<String> listed, List<VersionRange> ranges) {
        return new AffectedVersions(ecosystem, all, listed, ranges);
    }

    /**
     * A listed version is found by its text or by its order, so that {@code 1.0} finds {@code 1.0.0} in PyPI. One that cannot be
     * ordered is affected if its text is listed or if all versions are.
     */
    public boolean contains(String version) {
        if (Version.isPlaceholder(ecosystem, version)) {
            return false;
        }
        if (all || listedTexts.contains(version)) {
            return true;
        }
        Optional<Version> ordered = Version.parse(ecosystem, version);
        return ordered.isPresent()
                && (isListed(ordered.get()) || ranges.stream().anyMatch(range -> range.contains(ordered.get())));
    }

    /** Lists are long, and most are never asked: their texts are read once somebody asks. For one thread. */
    private boolean isListed(Version version) {
        Set<Version> known = listedVersions;
        if (known == null) {
            Set<Version> read = new HashSet<>();
            listedTexts.forEach(text -> Version.parse(ecosystem, text).ifPresent(read::add));
            listedVersions = read;
            known = read;
        }
        return known.contains(version);
    }

    /**
     * @param borders in the order of versions. Where a stretch of affected versions ends and another begins at the same version, it goes on; where
     *     none goes on, what begins there ends there. So the order in which the record has them says nothing
     * @param limits empty: none
     */
    private record Range(List<Border> borders, List<Version> limits) {

        /** @param version empty: before every version (osv-schema: introduced "0"). */
        private record Border(VersionEventKind kind, Optional<Version> version) {

            boolean isAtOrBefore(Version other) {
                return version.isEmpty() || version.get().compareTo(other) <= 0;
            }

            boolean isBefore(Version other) {
                return version.isEmpty() || version.get().compareTo(other) < 0;
            }
        }

        private static final Comparator<Border> BY_VERSION = (a, b) -> {
            if (a.version().isEmpty() || b.version().isEmpty()) {
                return Boolean.compare(a.version().isPresent(), b.version().isPresent());
            }
            return a.version().get().compareTo(b.version().get());
        };

        static Range of(Ecosystem ecosystem, VersionRange range) {
            List<Border> borders = new ArrayList<>();
            List<Version> limits = new ArrayList<>();
            boolean unlimited = false;
            for (VersionEvent event : range.getEvents()) {
                switch (event.getKind()) {
                    case INTRODUCED ->
                        borders.add(new Border(
                                event.getKind(),
                                event.getVersion().equals("0")
                                        ? Optional.empty()
                                        : Optional.of(parse(ecosystem, event.getVersion()))));
                    case FIXED, LAST_AFFECTED ->
                        borders.add(new Border(event.getKind(), Optional.of(parse(ecosystem, event.getVersion()))));
                    case LIMIT -> {
                        if (event.getVersion().equals("*")) {
                            unlimited = true;
                        } else {
                            limits.add(parse(ecosystem, event.getVersion()));
                        }
                    }
                }
            }
            borders.sort(BY_VERSION);
            return new Range(List.copyOf(borders), unlimited ? List.of() : List.copyOf(limits));
        }

        boolean contains(Version version) {
            if (!limits.isEmpty() && limits.stream().noneMatch(limit -> version.compareTo(limit) < 0)) {
                return false;
            }
            boolean affected = false;
            int from = 0;
            while (from < borders.size()) {
                int to = from + 1;
                while (to < borders.size() && BY_VERSION.compare(borders.get(from), borders.get(to)) == 0) {
                    to++;
                }
                List<Border> same = borders.subList(from, to);
                affected = affected
                        ? begun(ended(true, same, version), same, version)
                        : ended(begun(false, same, version), same, version);
                from = to;
            }
            return affected;
        }

        private static boolean begun(boolean before, List<Border> borders, Version version) {
            return before
                    || borders.stream()
                            .anyMatch(border ->
                                    border.kind() == VersionEventKind.INTRODUCED && border.isAtOrBefore(version));
        }

        private static boolean ended(boolean before, List<Border> borders, Version version) {
            return before
                    && borders.stream().noneMatch(border -> switch (border.kind()) {
                        case FIXED -> border.isAtOrBefore(version);
                        case LAST_AFFECTED -> border.isBefore(version);
                        case INTRODUCED, LIMIT -> false;
                    });
        }

        private static Version parse(Ecosystem ecosystem, String text) {
            return Version.parse(ecosystem, text)
                    .orElseThrow(() ->
                            new IllegalArgumentException("advisory has a border that is no version of its ecosystem"));
        }
    }
}
