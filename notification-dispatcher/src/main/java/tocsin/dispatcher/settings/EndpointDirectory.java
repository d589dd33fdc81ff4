package tocsin.dispatcher.settings;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.service.kafka.TopicTable;

/** The webhook endpoints that there are, as their owner tells; every question is about one organisation's own. */
public final class EndpointDirectory {

    private final TopicTable<WebhookEndpoint> table;
    private final Arrivals arrivals;

    /** Keeps the endpoints by organisation; told by the table of every change, by one thread. */
    public static final class Arrivals implements TopicTable.Listener<WebhookEndpoint> {

        private final ReentrantLock lock = new ReentrantLock();
        private final Map<String, WebhookEndpoint> known = new HashMap<>();
        private final Map<String, Map<String, WebhookEndpoint>> byOrganisation = new HashMap<>();

        @Override
        public void changed(String key, Optional<WebhookEndpoint> value) {
            lock.lock();
            try {
                Optional.ofNullable(known.remove(key)).ifPresent(before -> leave(before.getOrgId(), key));
                value.ifPresent(endpoint -> {
                    known.put(key, endpoint);
                    byOrganisation
                            .computeIfAbsent(endpoint.getOrgId(), _ -> new HashMap<>())
                            .put(key, endpoint);
                });
            } finally {
                lock.unlock();
            }
        }

        private void leave(String org, String key) {
            byOrganisation.computeIfPresent(org, (_, endpoints) -> {
                endpoints.remove(key);
                return endpoints.isEmpty() ? null : endpoints;
            });
        }

        private Collection<WebhookEndpoint> of(String org) {
            lock.lock();
            try {
                return List.copyOf(byOrganisation.getOrDefault(org, Map.of()).values());
            } finally {
                lock.unlock();
            }
        }
    }

    public EndpointDirectory(TopicTable<WebhookEndpoint> table, Arrivals arrivals) {
        this.table = table;
        this.arrivals = arrivals;
    }

    /** @return whether all is known that was there at the start; before that, nothing that is asked here has an answer */
    public boolean awaitLoaded(Duration limit) throws InterruptedException {
        return table.awaitLoaded(limit);
    }

    /** Whether there is such an endpoint, enabled or not, and it is the organisation's. */
    public boolean has(String org, String endpointId) {
        return table.find(endpointId).filter(it -> it.getOrgId().equals(org)).isPresent();
    }

    /** As {@link #has}, for one that was perhaps registered a moment ago and is still on its way here. */
    public boolean awaits(String org, String endpointId, Duration limit) throws InterruptedException {
        return table.awaitUntil(() -> has(org, endpointId), limit);
    }

    /** Whether the endpoint, if there is one, gets notices of breaches without their downloads. */
    public boolean isThin(String endpointId) {
        return table.find(endpointId).filter(WebhookEndpoint::getThin).isPresent();
    }

    /** All endpoints of the organisation; a copy. */
    public Collection<WebhookEndpoint> of(String org) {
        return arrivals.of(org);
    }
}
