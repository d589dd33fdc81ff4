package tocsin.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.EmailRequested;
import tocsin.testsupport.KafkaBroker;

/** Asks the dispatcher's e-mail side for mails, as the other side of it does: of the size of a notice of ten downloads, to a thousand recipients. */
final class MailProducer implements AutoCloseable {

    static final String SUBJECT = "Malicious package left-pad was downloaded by your organisation";
    static final String TEXT = lines("left-pad 1.3.%d fetched 2026-04-17 11:5%d UTC by build in example-org/shop");
    static final String HTML = "<!doctype html>\n<html lang=\"en\"><body><table>\n"
            + lines(
                    "<tr><td style=\"padding:8px;font:14px/20px Helvetica,Arial,sans-serif;color:#1f2328;border-top:1px solid "
                            + "#d0d7de\">left-pad 1.3.%d</td><td style=\"padding:8px;font:14px/20px Helvetica,Arial,sans-serif;color:"
                            + "#1f2328;border-top:1px solid #d0d7de\">2026-04-17 11:5%d UTC</td></tr>")
            + "</table></body></html>\n";

    private static final int DOWNLOADS = 10;
    private static final int RECIPIENTS = 1_000;

    private final MessageCodec<EmailRequested> codec = MessageCodec.of(EmailRequested.class);
    private final Producer<byte[], byte[]> producer;

    MailProducer(KafkaBroker broker) {
        this.producer = BenchProducerFactory.of(broker);
    }

    private static String lines(String format) {
        return IntStream.range(0, DOWNLOADS)
                .mapToObj(i -> format.formatted(i, i) + "\n")
                .collect(Collectors.joining());
    }

    /** Asks for those that the ledger has been given. Returns when the broker has all. */
    void ask(int mails) {
        for (int i = 0; i < mails; i++) {
            String recipient = "person-" + i % RECIPIENTS + "@example.com";
            EmailRequested mail = EmailRequested.newBuilder()
                    .setEmailId("mail-" + i)
                    .setNotificationId(LedgerTableRepository.notification(i))
                    .setAudience(LedgerTableRepository.AUDIENCE)
                    .setRecipient(recipient)
                    .setLanguage("en")
                    .setSubject(SUBJECT)
                    .setText(TEXT)
                    .setHtml(HTML)
                    .build();
            var _ = producer.send(new ProducerRecord<>(
                    Topics.EMAIL_REQUESTED.name(),
                    RecordKeys.emailRecipient(recipient).getBytes(UTF_8),
                    codec.encode(mail)));
        }
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
