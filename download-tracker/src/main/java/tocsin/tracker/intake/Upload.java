package tocsin.tracker.intake;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tocsin.schemas.avro.DownloadObserved;

/** One body's events on their way: read one by one, handed on by the hundred, the bad ones told by their place. */
final class Upload {

    /** As many as are under way to the broker for one body, so that a body of any length takes the same memory. */
    static final int CHUNK = 500;

    private static final int CHUNK_BYTES = 1024 * 1024;

    private final ObservationReader reader;
    private final WireForm form;
    private final Consumer<List<DownloadObserved>> next;
    private final Clock clock;
    private final long maxEvents;
    private final List<TakenIn.RefusedEvent> refused = new ArrayList<>();
    private final List<DownloadObserved> chunk = new ArrayList<>();
    private long chunkBytes;
    private long accepted;
    private long refusedCount;

    /** @param next returns once it has them for certain */
    Upload(
            ObservationReader reader,
            WireForm form,
            Consumer<List<DownloadObserved>> next,
            Clock clock,
            long maxEvents) {
        this.reader = reader;
        this.form = form;
        this.next = next;
        this.clock = clock;
        this.maxEvents = maxEvents;
    }

    /** More events than a body may have; those before are handed on. */
    static final class TooManyEventsException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * @throws TooManyEventsException once there is one more than allowed
     * @throws ItemSplitter.BrokenBodyException if the body breaks off; what came before is handed on
     */
    TakenIn take(ItemSplitter items) throws IOException {
        try {
            long index = 0;
            for (Optional<ItemSplitter.Item> item = items.next(); item.isPresent(); item = items.next()) {
                if (index >= maxEvents) {
                    throw new TooManyEventsException();
                }
                take(index++, item.get());
            }
        } catch (ItemSplitter.BrokenBodyException | TooManyEventsException e) {
            flush();
            throw e;
        }
        flush();
        return new TakenIn(accepted, refusedCount, refused);
    }

    /** How many are handed on so far. */
    long accepted() {
        return accepted;
    }

    private void take(long index, ItemSplitter.Item item) {
        if (item.text().isEmpty()) {
            refuse(index, "event has more than " + JsonText.MAX_BYTES + " bytes");
            return;
        }
        byte[] text = item.text().get();
        try {
            DownloadObserved message = DownloadJson.read(text, form);
            switch (reader.check(message, clock.instant())) {
                case Reading.Observed _ -> hand(message, text.length);
                case Reading.Unreadable(String reason) -> refuse(index, reason);
                case Reading.Unkeepable(String reason) -> refuse(index, reason);
            }
        } catch (IllegalArgumentException e) {
            refuse(index, String.valueOf(e.getMessage()));
        }
    }

    private void hand(DownloadObserved message, int bytes) {
        chunk.add(message);
        chunkBytes += bytes;
        if (chunk.size() >= CHUNK || chunkBytes >= CHUNK_BYTES) {
            flush();
        }
    }

    private void flush() {
        if (!chunk.isEmpty()) {
            next.accept(List.copyOf(chunk));
            accepted += chunk.size();
            chunk.clear();
            chunkBytes = 0;
        }
    }

    private void refuse(long index, String reason) {
        refusedCount++;
        if (refused.size() < TakenIn.MAX_LISTED) {
            refused.add(new TakenIn.RefusedEvent(index, reason));
        }
    }
}
