package tocsin.dispatcher.email;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.schemas.Audience;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.EmailRequested;
import tocsin.service.outbox.OutboxRecord;

/** Asks for a mail by {@code email.requested}. */
public final class EmailRequests {

    private static final MessageCodec<EmailRequested> CODEC = MessageCodec.of(EmailRequested.class);

    private EmailRequests() {}

    public static OutboxRecord of(
            UUID notification, Audience audience, String recipient, Language language, Mail mail) {
        String emailId = NotificationIds.emailId(notification);
        EmailRequested request = EmailRequested.newBuilder()
                .setEmailId(emailId)
                .setNotificationId(notification.toString())
                .setAudience(audience.text())
                .setRecipient(recipient)
                .setLanguage(language.code())
                .setSubject(mail.subject())
                .setText(mail.text())
                .setHtml(mail.html())
                .build();
        return new OutboxRecord(
                Topics.EMAIL_REQUESTED.name(),
                RecordKeys.emailRecipient(recipient).getBytes(StandardCharsets.UTF_8),
                CODEC.encode(request),
                Map.of(MessageHeaders.MESSAGE_ID, emailId.getBytes(StandardCharsets.UTF_8)));
    }
}
