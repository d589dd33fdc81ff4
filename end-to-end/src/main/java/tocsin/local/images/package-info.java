/**
 * Container images of the services and of the commands, made without a container engine: a trimmed Java runtime, the jars as they
 * were built, a cache that makes starts short, a bill of materials and the licences of all that is inside. What runs them, and
 * with which rights, is left to Compose, Helm or whoever else.
 */
@NullMarked
package tocsin.local.images;

import org.jspecify.annotations.NullMarked;
