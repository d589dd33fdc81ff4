package tocsin.dispatcher.email;

import java.util.Optional;

/**
 * What the templates of a mail show that takes an incident back. All texts are cleaned and defanged; the HTML templates escape them.
 *
 * @param org empty for a personal token
 * @param withdrawnAt empty where the advisory only names the package no more
 * @param undelivered a sentence; empty unless a webhook should have told it
 * @param unsubscribe a page where the reader stops these mails
 */
public record WithdrawnView(
        String packageName,
        String ecosystem,
        String advisoryId,
        String aliases,
        String withdrawnAt,
        String org,
        String undelivered,
        Optional<String> unsubscribe,
        String notificationId) {}
