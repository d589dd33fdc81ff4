package tocsin.local.osv;

/** Takes what {@link OsvFiles} finds, in the order in which it is found. */
interface OsvSink {

    /**
     * @param origin file, and the place in it, for people
     * @param bytes at most one more than a record may have: then it is too long and the rest is left out
     */
    void found(String origin, byte[] bytes);

    /** A file, or the rest of one, could not be read. */
    void unreadable(String origin);
}
