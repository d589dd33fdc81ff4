package tocsin.dispatcher.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tocsin.dispatcher.incident.Advisory;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.SeverityRank;
import tocsin.schemas.avro.Severity;

/** What an audience knows of an incident, by {@link ToldModel}. */
final class ToldIncident {

    /**
     * A match, and what is behind its cap.
     *
     * @param listed newest first
     * @param leftOut older ones, which only the matcher knows
     */
    record Fetched(String id, Advisory advisory, List<Download> listed, List<Download> leftOut, boolean late) {

        Set<String> versions() {
            return Stream.concat(listed.stream(), leftOut.stream())
                    .map(Download::version)
                    .collect(Collectors.toSet());
        }
    }

    final Set<String> ids = new HashSet<>();
    /** Downloads that it was told of, with their versions. */
    final Map<String, String> told = new HashMap<>();
    /** Versions of which it was only told that there is more. */
    final Set<String> more = new HashSet<>();

    final List<Fetched> waiting = new ArrayList<>();
    /** Where it was told since that was last taken back; of mails to whom the last one went. */
    final Map<String, String> where = new TreeMap<>();
    /** The highest that it was told; empty while it knows of nothing that counts. */
    Optional<Severity> severity = Optional.empty();

    boolean isKnown() {
        return severity.isPresent();
    }

    Set<String> versions() {
        return Stream.concat(told.values().stream(), more.stream()).collect(Collectors.toSet());
    }

    void forget() {
        told.clear();
        more.clear();
        where.clear();
        severity = Optional.empty();
    }

    void swallow(ToldIncident younger) {
        ids.addAll(younger.ids);
        younger.told.forEach(told::putIfAbsent);
        more.addAll(younger.more);
        waiting.addAll(younger.waiting);
        younger.where.forEach(where::putIfAbsent);
        younger.severity.ifPresent(this::hear);
    }

    void hear(Severity heard) {
        severity =
                Optional.of(severity.map(it -> SeverityRank.higher(it, heard)).orElse(heard));
    }
}
