/** The advisory-matcher: joins what feeds publish with what was downloaded. A pure join, which remembers nobody and tells nobody. */
@NullMarked
package tocsin.matcher;

import org.jspecify.annotations.NullMarked;
