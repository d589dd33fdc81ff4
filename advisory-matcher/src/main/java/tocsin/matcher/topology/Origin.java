package tocsin.matcher.topology;

/**
 * Where a record came in from outside.
 *
 * @param topic as the cluster knows it
 */
record Origin(String topic, int partition, long offset) {

    /** The form that travels in a header of the repartition topic. */
    String text() {
        return partition + " " + offset + " " + topic;
    }

    /** Reads what {@link #text} wrote. */
    static Origin parse(String text) {
        String[] parts = text.split(" ", 3);
        return new Origin(parts[2], Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
    }
}
