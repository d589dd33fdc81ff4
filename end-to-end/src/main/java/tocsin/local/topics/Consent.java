package tocsin.local.topics;

/**
 * What the operator agreed to beyond the harmless.
 *
 * @param growing partitions may be added; they can never be taken away again
 * @param deleting settings may be made stricter, so that the cluster deletes what lies there now
 */
record Consent(boolean growing, boolean deleting) {}
