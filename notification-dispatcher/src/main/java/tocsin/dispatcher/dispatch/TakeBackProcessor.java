package tocsin.dispatcher.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.header.internals.RecordHeaders;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.incident.MatchWriter;
import tocsin.dispatcher.incident.TakeBackRepository;
import tocsin.schemas.Audience;
import tocsin.schemas.Topics;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;

/** Looks for incidents that are withdrawn as a whole and tells all who were told of them. From whom it cannot be taken back goes to quarantine. */
@Singleton
final class TakeBackProcessor extends DueProcessor {

    private static final Duration BETWEEN = Duration.ofMillis(500);
    private static final int PAGE = 200;
    /** What comes from no record. */
    private static final int NOWHERE = -1;

    private final TakeBackRepository waiting;
    private final OthersTold others;
    private final TokenDirectory tokens;
    private final KafkaClients clients;
    private final Quarantine quarantine;

    TakeBackProcessor(
            TakeBackRepository waiting,
            OthersTold others,
            TokenDirectory tokens,
            KafkaClients clients,
            Quarantine quarantine) {
        super("take-backs", BETWEEN);
        this.waiting = waiting;
        this.others = others;
        this.tokens = tokens;
        this.clients = clients;
        this.quarantine = quarantine;
    }

    /** A token that we have not read of yet would look like one without an address. */
    @Override
    boolean isReady() throws InterruptedException {
        return tokens.awaitLoaded(Duration.ZERO);
    }

    /** All that wait: what waits on, since an advisory of it may come to stand again, is looked at once only. */
    @Override
    boolean doDue() {
        List<UUID> page = waiting.waiting(Optional.empty(), PAGE);
        while (!page.isEmpty() && !isStopping()) {
            page.forEach(this::takeBack);
            page = waiting.waiting(Optional.of(page.getLast()), PAGE);
        }
        return false;
    }

    private void takeBack(UUID incident) {
        faultOf(Optional.of(incident), () -> waiting.find(incident).ifPresent(this::takeBack))
                .ifPresent(fault -> {
                    // Nothing that could be sent again; those who wait behind it must not wait for it.
                    quarantine.put(bad(new byte[0], new byte[0]), reason(incident, fault));
                    waiting.remove(incident);
                });
    }

    private void takeBack(TakeBackRepository.Due due) {
        Set<String> aside = new HashSet<>();
        List<Audience> page = waiting.told(due.incident(), "", PAGE);
        while (!page.isEmpty() && !isStopping()) {
            for (Audience audience : page) {
                Optional<String> fault = faultOf(Optional.of(due.incident()), () -> others.takeBack(due, audience));
                if (fault.isPresent()) {
                    // Whoever sends it to its topic has it taken back, once the fault is mended.
                    byte[] match = MatchWriter.bytes(OthersTold.match(due, audience));
                    quarantine.put(bad(audience.text().getBytes(UTF_8), match), reason(due.incident(), fault.get()));
                    aside.add(audience.text());
                }
            }
            page = waiting.told(due.incident(), page.getLast().text(), PAGE);
        }
        if (!isStopping()) {
            others.end(due.incident(), aside);
        }
    }

    private static String reason(UUID incident, String fault) {
        return "taking back incident " + incident + " failed: " + fault;
    }

    private BadRecord bad(byte[] key, byte[] value) {
        return new BadRecord(
                clients.topic(Topics.ADVISORY_MATCHED.name()), NOWHERE, NOWHERE, key, value, new RecordHeaders());
    }
}
