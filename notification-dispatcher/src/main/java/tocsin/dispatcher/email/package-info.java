/**
 * Mails that are composed from facts and sent by SMTP, at least once and with a Message-ID that never changes. What happened to a mail is
 * written in the ledger before the engine hears of it.
 */
@NullMarked
package tocsin.dispatcher.email;

import org.jspecify.annotations.NullMarked;
