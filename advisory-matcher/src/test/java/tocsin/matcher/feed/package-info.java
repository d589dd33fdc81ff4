@NullMarked
package tocsin.matcher.feed;

import org.jspecify.annotations.NullMarked;
