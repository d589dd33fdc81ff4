package tocsin.service;

import java.util.Optional;

/**
 * Something that runs beside the requests. Every bean of this type is started once the application context is, and closed as the first thing
 * when it ends, all of them at the same time, so that repositories and clients are still there while work runs out.
 */
public interface BackgroundWork extends AutoCloseable {

    /** Returns at once; the work goes on in threads of its own. Called once. */
    void start();

    /**
     * Asked often, before the start and after the close too.
     *
     * @return why it will never work again unless the process starts anew, in a few words without secrets; empty while it may, also when it only
     *     has trouble now
     */
    default Optional<String> whyDead() {
        return Optional.empty();
    }

    /** Takes nothing new, lets run out what runs, within a bounded time. A second call does nothing. */
    @Override
    void close();
}
