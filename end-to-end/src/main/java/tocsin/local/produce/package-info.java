/**
 * Single messages from the command line, as a proxy or a feed would send them through Kafka. What a message says is up to the
 * person; a service refuses what is wrong.
 */
@NullMarked
package tocsin.local.produce;

import org.jspecify.annotations.NullMarked;
