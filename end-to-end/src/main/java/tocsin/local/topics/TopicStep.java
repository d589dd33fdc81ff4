package tocsin.local.topics;

/** What is to be done about one topic, or why nothing is. */
sealed interface TopicStep {

    String topic();

    record Create(WantedTopic wanted, int replicas) implements TopicStep {
        @Override
        public String topic() {
            return wanted.name();
        }
    }

    /** @param found what is in force now; empty where the cluster names no value */
    record Configure(String topic, String setting, String found, String wanted) implements TopicStep {}

    record AddPartitions(String topic, int found, int wanted) implements TopicStep {}

    /** Differs, is harmless, and stays. */
    record Leave(String topic, String why) implements TopicStep {}

    /** Must not be done, so nothing at all is done before a person has decided. */
    record Refuse(String topic, String why) implements TopicStep {}
}
