package tocsin.local.topics;

/**
 * What the operator agreed to beyond the harmless.
 *
 * @param growing partitions may be added; they can never be taken away again
 * @param deleting settings may be made stricter, so that the cluster deletes what lies there now
 * @param minInsync {@code min.insync.replicas} was asked for, and not worked out from the brokers that happen to answer
 */
record Consent(boolean growing, boolean deleting, boolean minInsync) {}
