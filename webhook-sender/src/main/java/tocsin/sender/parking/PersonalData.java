package tocsin.sender.parking;

import java.util.List;
import java.util.Set;

/** Whom requests name, and what is left of a request when some of them have asked to be forgotten. */
public interface PersonalData {

    /**
     * A request as it may be kept.
     *
     * @param request the record's value
     * @param subjects whom it still names, as the keys of {@code privacy.erasure} name them
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes go through as they are; nobody compares these
    record Kept(byte[] request, Set<String> subjects) {

        public Kept {
            subjects = Set.copyOf(subjects);
        }

        @Override
        public String toString() {
            return "Kept[redacted]";
        }
    }

    /**
     * To be asked within the transaction that stores the request: until that ends, nobody is erased whom the answer does not
     * know of yet.
     *
     * @return the same bytes if they name nobody who was erased
     */
    Kept withoutErased(byte[] request);

    /** As {@link #withoutErased(byte[])} for each of them, in their order. */
    default List<Kept> withoutErased(List<byte[]> requests) {
        return requests.stream().map(this::withoutErased).toList();
    }
}
