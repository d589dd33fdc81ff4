/**
 * How a service starts, what it starts with and how it stops. Knows no domain: what a service does is its own.
 */
@NullMarked
package tocsin.service;

import org.jspecify.annotations.NullMarked;
