package tocsin.service;

/**
 * Something that runs beside the requests. Every bean of this type is started once the application context is, and closed as the first thing
 * when it ends, all of them at the same time, so that repositories and clients are still there while work runs out.
 */
public interface BackgroundWork extends AutoCloseable {

    /** Returns at once; the work goes on in threads of its own. Called once. */
    void start();

    /** Takes nothing new, lets run out what runs, within a bounded time. A second call does nothing. */
    @Override
    void close();
}
