/**
 * How many attempts an endpoint gets in a second, where its owner has set a limit: a row for each such endpoint, which all instances share. Who has
 * no turn is told when to ask again; to wait meanwhile is the delivery's.
 */
@NullMarked
package tocsin.sender.pace;

import org.jspecify.annotations.NullMarked;
