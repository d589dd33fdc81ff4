package tocsin.engine;

/**
 * What a poll thread holds, as of its last turn.
 *
 * @param open records received and not done
 * @param span those and the done ones that wait behind them for their commit
 * @param paused partitions not read because their window is full
 */
record WindowView(int open, int span, int assigned, int paused) {

    static final WindowView NONE = new WindowView(0, 0, 0, 0);
}
