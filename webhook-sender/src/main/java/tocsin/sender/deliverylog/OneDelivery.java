package tocsin.sender.deliverylog;

import java.util.List;
import java.util.Optional;
import tocsin.service.http.Problem;

/** The delivery that a caller means by its webhook id. */
public final class OneDelivery {

    private OneDelivery() {}

    /**
     * @param candidates of the organisation, with that webhook id
     * @param endpointId which of them; not needed where there is one
     * @throws Problem if there is none, or more than one
     */
    public static DeliveryPageRepository.Entry of(
            List<DeliveryPageRepository.Entry> candidates, Optional<String> endpointId) {
        List<DeliveryPageRepository.Entry> meant = candidates.stream()
                .filter(entry -> endpointId.isEmpty()
                        || endpointId.get().equals(entry.delivery().endpointId()))
                .toList();
        if (meant.isEmpty()) {
            throw Problem.notFound("The organisation has no such delivery.");
        }
        if (meant.size() > 1) {
            throw Problem.conflict("Several endpoints have got a message of this id: name one by ?endpoint=WH….");
        }
        return meant.getFirst();
    }
}
