/** Whom we believe when we call others over TLS: the public authorities, and those of the operator's own. That a name is the certificate's own is checked by whoever calls. */
@NullMarked
package tocsin.service.tls;

import org.jspecify.annotations.NullMarked;
