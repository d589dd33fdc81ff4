package tocsin.sender.delivery;

import tocsin.engine.Delivery;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.FaultScope;
import tocsin.engine.Outcome;
import tocsin.schemas.MessageHeaders;
import tocsin.service.tracing.TraceParent;
import tocsin.service.tracing.Tracing;

/** Makes each attempt a step of the trace in which it was asked for. What the receiver gets says nothing of that. */
record TracedHandler(DeliveryHandler handler, Tracing tracing) implements DeliveryHandler {

    @Override
    public Outcome deliver(Delivery delivery) throws Exception {
        return tracing.call(
                "webhook.attempt", delivery.header(TraceParent.HEADER).flatMap(TraceParent::parse), () -> {
                    delivery.header(MessageHeaders.MESSAGE_ID).ifPresent(id -> Tracing.note("tocsin.webhook_id", id));
                    Tracing.note("tocsin.attempt", Integer.toString(delivery.attempt()));
                    Outcome outcome = handler.deliver(delivery);
                    Tracing.note("tocsin.outcome", outcome.getClass().getSimpleName());
                    return outcome;
                });
    }

    @Override
    public void exhausted(Delivery delivery, String reason) throws Exception {
        handler.exhausted(delivery, reason);
    }

    @Override
    public boolean park(Delivery delivery, String reason) throws Exception {
        return handler.park(delivery, reason);
    }

    @Override
    public String ownerOf(byte[] key, byte[] value) {
        return handler.ownerOf(key, value);
    }

    @Override
    public FaultScope scopeOf(Exception fault) {
        return handler.scopeOf(fault);
    }
}
