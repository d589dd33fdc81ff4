package tocsin.dispatcher.email;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
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

    /** @param before the notification whose mail this one continues */
    public static OutboxRecord of(
            UUID notification,
            Audience audience,
            String recipient,
            Language language,
            Mail mail,
            Optional<UUID> before) {
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
                .setInReplyTo(before.map(NotificationIds::emailId).orElse(null))
                .build();
        return new OutboxRecord(
                Topics.EMAIL_REQUESTED.name(),
                RecordKeys.emailRecipient(recipient).getBytes(StandardCharsets.UTF_8),
                CODEC.encode(request),
                Map.of(MessageHeaders.MESSAGE_ID, emailId.getBytes(StandardCharsets.UTF_8)));
    }
}
