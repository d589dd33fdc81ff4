package tocsin.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Loads on many endpoints of which some hang. Each has new endpoints, and ends once these are deleted and nothing waits for them any more. */
final class IsolateBench {

    private final String url;
    private final String hangingUrl;
    private final EndpointClient endpoints;
    private final RequestedProducer requests;
    private final ArrivalBook book;
    private final LongSupplier settled;
    private long asked;

    /**
     * @param url of those that do not hang
     * @param hangingUrl of those that do
     * @param settled how many deliveries have had their end by now
     */
    IsolateBench(
            String url,
            String hangingUrl,
            EndpointClient endpoints,
            RequestedProducer requests,
            ArrivalBook book,
            LongSupplier settled) {
        this.url = url;
        this.hangingUrl = hangingUrl;
        this.endpoints = endpoints;
        this.requests = requests;
        this.book = book;
        this.settled = settled;
    }

    /** Those that hang come first. Nobody waits for anything of the load before. */
    private List<String> begin(int number, int hanging) {
        book.forget();
        List<String> ids = new ArrayList<>(endpoints.register(hanging, hangingUrl));
        ids.addAll(endpoints.register(number - hanging, url));
        return ids;
    }

    /**
     * A load that does not wait for anything, to all endpoints in turn.
     *
     * @return milliseconds of each that went to an endpoint that does not hang
     * @throws IllegalStateException if one of these does not arrive
     */
    List<Double> steady(int number, int hanging, int seconds, int perSecond) throws InterruptedException {
        List<String> ids = begin(number, hanging);
        List<String> others = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < seconds * perSecond; i++) {
            long due = start + TimeUnit.SECONDS.toNanos(i) / perSecond;
            long left = due - System.nanoTime();
            if (left > 0) {
                TimeUnit.NANOSECONDS.sleep(left);
            }
            send(ids, i % number, hanging, others);
        }
        end(ids, others);
        return book.millis(others);
    }

    /** @return how many a second arrive at endpoints that do not hang, from the first tenth of them to the last */
    double burst(int number, int hanging, int deliveries) {
        List<String> ids = begin(number, hanging);
        List<String> others = new ArrayList<>();
        for (int i = 0; i < deliveries; i++) {
            send(ids, i % number, hanging, others);
        }
        requests.flush();
        end(ids, others);
        return book.perSecond(others);
    }

    /** What hangs, or was put aside for that, would otherwise be a part of the next load. */
    private void end(List<String> ids, List<String> others) {
        Pace.await("the others' deliveries", () -> book.arrivals(others), others.size());
        endpoints.delete(ids);
        Pace.await("the end of all deliveries", settled, asked);
    }

    private void send(List<String> ids, int endpoint, int hanging, List<String> others) {
        String webhookId = "msg_" + UUID.randomUUID();
        if (endpoint >= hanging) {
            others.add(webhookId);
        }
        asked++;
        book.asked(webhookId);
        requests.send(webhookId, ids.get(endpoint));
    }
}
