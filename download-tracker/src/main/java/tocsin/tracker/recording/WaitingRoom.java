package tocsin.tracker.recording;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What was read of {@code download.waiting} and is not done yet, and how far each partition may be committed: up to the first that is not done,
 * however many behind it are. Used by one thread.
 *
 * @param <T> what waits
 */
final class WaitingRoom<T> {

    private final int maxGuests;
    private final long maxBytes;
    private final Map<Integer, Lane<T>> lanes = new HashMap<>();

    /**
     * One that waits.
     *
     * @param offset in its partition
     * @param until when its wait ends
     * @param awaited empty while it is not known what it waits for, as of one that just came
     */
    record Guest<T>(int partition, long offset, T parked, Instant until, long bytes, Optional<Awaited> awaited) {

        Guest<T> waitingFor(Awaited awaited) {
            return new Guest<>(partition, offset, parked, until, bytes, Optional.of(awaited));
        }

        /** Where it waits, never what it is. */
        @Override
        public String toString() {
            return "Guest" + Map.of("partition", partition, "offset", offset, "until", until);
        }
    }

    private static final class Lane<T> {
        private final TreeMap<Long, Guest<T>> guests = new TreeMap<>();
        private long bytes;
        private long next;
    }

    /** The bounds are for all partitions together, each of which has an equal share. */
    WaitingRoom(int maxGuests, long maxBytes) {
        this.maxGuests = maxGuests;
        this.maxBytes = maxBytes;
    }

    /** In the order of the partition, or again in place of itself. */
    void admit(Guest<T> guest) {
        Lane<T> lane = lanes.computeIfAbsent(guest.partition(), _ -> new Lane<>());
        Guest<T> before = lane.guests.put(guest.offset(), guest);
        lane.bytes += guest.bytes() - (before == null ? 0 : before.bytes());
        lane.next = Math.max(lane.next, guest.offset() + 1);
    }

    /** In the order of each partition. */
    List<Guest<T>> which(Predicate<Guest<T>> wanted) {
        List<Guest<T>> found = new ArrayList<>();
        for (Lane<T> lane : lanes.values()) {
            lane.guests.values().stream().filter(wanted).forEach(found::add);
        }
        return found;
    }

    /** Done: nothing more is to be made of it. */
    void leave(Guest<T> guest) {
        Lane<T> lane = lanes.get(guest.partition());
        if (lane != null && lane.guests.remove(guest.offset()) != null) {
            lane.bytes -= guest.bytes();
        }
    }

    /** The offset to go on at after a restart, for every partition that anything was read of. */
    Map<Integer, Long> resumption() {
        Map<Integer, Long> offsets = new HashMap<>();
        lanes.forEach((partition, lane) ->
                offsets.put(partition, lane.guests.isEmpty() ? lane.next : lane.guests.firstKey()));
        return offsets;
    }

    /** Those of the partitions that have their share, so that nothing more is to be read of them now. */
    Set<Integer> full(Collection<Integer> assigned) {
        Set<Integer> full = new HashSet<>();
        for (int partition : assigned) {
            Lane<T> lane = lanes.get(partition);
            // With more partitions than guests are allowed, each still gets on one by one.
            if (lane != null
                    && (lane.guests.size() >= Math.max(1, maxGuests / assigned.size())
                            || lane.bytes >= Math.max(1, maxBytes / assigned.size()))) {
                full.add(partition);
            }
        }
        return full;
    }

    /** These are another instance's now. */
    void forget(Collection<Integer> partitions) {
        lanes.keySet().removeAll(partitions);
    }

    int size() {
        return lanes.values().stream().mapToInt(lane -> lane.guests.size()).sum();
    }
}
