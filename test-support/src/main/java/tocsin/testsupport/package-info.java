/**
 * The real surroundings of a service, small enough for a test and good enough for the local stack: broker, database, mail
 * server, certificate authority, token issuer, receiver, clock; and the rules of the house. It promises that what it starts
 * listens on 127.0.0.1 only and ends with the JVM. It knows no domain word; what to send through them is left to the tests.
 */
@NullMarked
package tocsin.testsupport;

import org.jspecify.annotations.NullMarked;
