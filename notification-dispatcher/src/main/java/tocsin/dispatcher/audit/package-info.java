/**
 * Remembers who changed settings, addresses and entitlements of an organisation, when and to what; written in the transaction of the change, read by the
 * organisation's owners. What a change means is its feature's business.
 */
@NullMarked
package tocsin.dispatcher.audit;

import org.jspecify.annotations.NullMarked;
