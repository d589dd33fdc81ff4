package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

/** What is behind a handler: a receiver, and a memory of what has arrived there that outlives the process, as a service's database is. */
interface Receiver {

    boolean isSettled(String body);

    /** @return whether it was taken */
    boolean send(String body, Delivery delivery);

    void settle(String body);

    /** As a service delivers: what is settled is not sent again. */
    default DeliveryHandler handler(Failpoint failpoint) {
        return new DeliveryHandler() {
            @Override
            public Outcome deliver(Delivery delivery) {
                String body = new String(delivery.value(), UTF_8);
                if (isSettled(body)) {
                    return new Outcome.Done();
                }
                boolean taken = send(body, delivery);
                failpoint.pass(Failpoint.AFTER_SEND);
                if (!taken) {
                    return new Outcome.RetryLater("answered 503");
                }
                settle(body);
                return new Outcome.Done();
            }

            @Override
            public void exhausted(Delivery delivery, String reason) {
                throw new IllegalStateException("everything is taken in time");
            }
        };
    }
}
