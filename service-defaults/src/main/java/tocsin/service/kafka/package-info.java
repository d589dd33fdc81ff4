/**
 * Kafka by plain clients: configured in one place, consumed so that an offset moves only after the work is durable. What a record means, and what
 * becomes of one that means nothing, is the service's; {@link tocsin.service.kafka.Quarantine} is where it puts the latter.
 */
@NullMarked
package tocsin.service.kafka;

import org.jspecify.annotations.NullMarked;
