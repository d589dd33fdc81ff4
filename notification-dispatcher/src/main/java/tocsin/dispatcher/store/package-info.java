/**
 * How this service speaks to its own schema: one transaction at a time, plain SQL. What is in the tables belongs to the features'
 * repositories.
 */
@NullMarked
package tocsin.dispatcher.store;

import org.jspecify.annotations.NullMarked;
