package tocsin.matcher.feed;

import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;

@Factory
final class FeedFactory {

    /** At once: with a list that cannot be read nothing starts. */
    @Context
    FeedSubjects feedSubjects(FeedConfiguration configuration) {
        return new FeedSubjects(configuration.subjects());
    }
}
