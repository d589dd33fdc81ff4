package tocsin.matcher.feed;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.HoldState;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;

@Factory
final class HeldFactory {

    /** Without the lists of versions, which may be long. */
    @Singleton
    TopicTable<HeldAdvisory> heldAdvisories(KafkaClients clients, Quarantine quarantine, MeterRegistry registry) {
        MessageCodec<AdvisoryHeld> codec = MessageCodec.of(AdvisoryHeld.class);
        TopicTable<HeldAdvisory> table = new TopicTable<>(
                clients, Topics.ADVISORY_HELD.name(), value -> HeldAdvisory.of(codec.decode(value)), quarantine);
        Gauge.builder("tocsin.advisories.held", table, HeldFactory::held)
                .description("advisories that wait for a person or a second feed; every instance shows all of them")
                .register(registry);
        return table;
    }

    private static long held(TopicTable<HeldAdvisory> table) {
        return table.values().stream().filter(it -> it.isIn(HoldState.HELD)).count();
    }
}
