package tocsin.local.running;

/** Where a record lies. */
public record RecordPlace(String topic, int partition, long offset) {

    /** {@code partition:offset}, as the commands take it. */
    public String inTopic() {
        return partition + ":" + offset;
    }
}
