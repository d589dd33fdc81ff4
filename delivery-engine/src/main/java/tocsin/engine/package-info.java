/**
 * Concurrent, out-of-order, at-least-once consumption of a topic and its retry topics: every record is given to the
 * handler until the handler, or the acknowledgement of the next topic, has made the result durable, and only then does
 * its offset advance. What a delivery is, when it has succeeded and what its end state means are left to the
 * {@link tocsin.engine.DeliveryHandler}; bytes go in and bytes come out.
 */
@NullMarked
package tocsin.engine;

import org.jspecify.annotations.NullMarked;
