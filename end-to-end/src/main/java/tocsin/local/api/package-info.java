/**
 * The services' HTTP APIs, as the platform around Tocsin, an organisation's owner and a person with a mail program use them: real
 * routes, real tokens. What the answers mean is left to the caller.
 */
@NullMarked
package tocsin.local.api;

import org.jspecify.annotations.NullMarked;
