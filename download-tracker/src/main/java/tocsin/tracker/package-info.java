/**
 * The download-tracker: what proxies served becomes downloads with a name on them. Whether one of them is affected by an advisory is the matcher's
 * business, whom to tell of it the dispatcher's.
 */
@NullMarked
package tocsin.tracker;

import org.jspecify.annotations.NullMarked;
