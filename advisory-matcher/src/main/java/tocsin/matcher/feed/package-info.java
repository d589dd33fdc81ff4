/**
 * What becomes of an advisory that a feed publishes: accepted for the packages that it names, narrowed for those it once named,
 * dropped as older, or refused. Promises to be a pure function of the record and of what is remembered of it; remembering and
 * sending is left to {@code tocsin.matcher.topology}.
 */
@NullMarked
package tocsin.matcher.feed;

import org.jspecify.annotations.NullMarked;
