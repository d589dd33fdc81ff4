/**
 * Every error that leaves a service is a problem document (RFC 9457) and says nothing of the inside. Which errors there are is the services'.
 */
@NullMarked
package tocsin.service.http;

import org.jspecify.annotations.NullMarked;
