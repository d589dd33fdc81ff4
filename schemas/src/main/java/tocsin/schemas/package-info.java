/**
 * The contract between the services and with outsiders: message codecs, topics, keys and header names.
 *
 * <p>The messages themselves are Avro schemas in {@code src/main/avro}, generated into {@code tocsin.schemas.avro}. Nothing
 * here knows Kafka, HTTP or a database; what a message makes happen is the business of the service that reads it.
 */
@NullMarked
package tocsin.schemas;

import org.jspecify.annotations.NullMarked;
