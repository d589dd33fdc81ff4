/**
 * The order of versions, per ecosystem, for numbers of any length. Promises to agree with node-semver and with PEP 440 as pypa's
 * packaging reads it; which versions an advisory affects is left to {@code tocsin.matcher.match}. Another ecosystem is another
 * {@link tocsin.matcher.version.Version}.
 */
@NullMarked
package tocsin.matcher.version;

import org.jspecify.annotations.NullMarked;
