/**
 * Takes matches in and lets memory, routing, payload and ledger do their part within one transaction for each match.
 */
@NullMarked
package tocsin.dispatcher.dispatch;

import org.jspecify.annotations.NullMarked;
