package tocsin.local.topics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tocsin.local.topics.TopicStep.AddPartitions;
import tocsin.local.topics.TopicStep.Configure;
import tocsin.local.topics.TopicStep.Create;
import tocsin.local.topics.TopicStep.Leave;
import tocsin.local.topics.TopicStep.Refuse;
import tocsin.local.topics.WantedTopic.Layout;

class TopicPlanTest {

    private static final Consent NONE = new Consent(false, false, false);
    private static final Consent ALL = new Consent(true, true, true);

    @Test
    void createsWhatIsNotThere() {
        WantedTopic wanted = wanted(6, Layout.STATE, Map.of("cleanup.policy", "compact"));

        TopicPlan plan = TopicPlan.of(List.of(wanted), Map.of(), 3, NONE);

        assertEquals(List.of(new Create(wanted, 3)), plan.steps());
    }

    @ParameterizedTest
    @EnumSource
    void doesNothingAboutWhatIsAsItShouldBe(Layout layout) {
        // Given: the cluster tells its defaults too
        FoundTopic found = new FoundTopic(6, 3, Map.of("cleanup.policy", "compact", "segment.ms", "1"));

        // When
        TopicPlan plan = plan(wanted(6, layout, Map.of("cleanup.policy", "compact")), found, ALL);

        // Then
        assertEquals(List.of(), plan.steps());
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # layout, found, wanted, consent, step
            STATE,  6, 12, true,  Refuse
            STATE,  12, 6, true,  Refuse
            BY_KEY, 3, 6,  true,  Refuse
            BY_KEY, 6, 3,  true,  Refuse
            FREE,   6, 12, false, Leave
            FREE,   6, 12, true,  AddPartitions
            FREE,   12, 6, true,  Leave
            """)
    void addsPartitionsOnlyWhereNothingIsLaidOutByThem(
            Layout layout, int found, int wanted, boolean consent, String step) {
        TopicPlan plan = plan(
                wanted(wanted, layout, Map.of()),
                new FoundTopic(found, 3, Map.of()),
                new Consent(consent, false, false));

        assertEquals(
                List.of(step),
                plan.steps().stream()
                        .map(each -> each.getClass().getSimpleName())
                        .toList());
    }

    @Test
    void tellsHowManyPartitionsItAdds() {
        TopicPlan plan = plan(wanted(12, Layout.FREE, Map.of()), new FoundTopic(6, 3, Map.of()), ALL);

        assertEquals(List.of(new AddPartitions("t", 6, 12)), plan.changes());
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # setting,              found,          wanted,        deletes
            retention.ms,           604800000,      1209600000,    false
            retention.ms,           1209600000,     604800000,     true
            retention.ms,           -1,             604800000,     true
            retention.ms,           604800000,      -1,            false
            cleanup.policy,         delete,         compact,       true
            cleanup.policy,         compact,        delete,        true
            cleanup.policy,         'compact,delete', compact,     false
            message.timestamp.type, CreateTime,     LogAppendTime, false
            min.insync.replicas,    1,              2,             false
            """)
    void asksBeforeASettingThatDeletes(String setting, String found, String wanted, boolean deletes) {
        // Given
        WantedTopic topic = wanted(6, Layout.FREE, Map.of(setting, wanted));
        FoundTopic there = new FoundTopic(6, 3, Map.of(setting, found));

        // When
        TopicStep unasked = plan(topic, there, NONE).steps().getFirst();
        TopicStep agreed =
                plan(topic, there, new Consent(false, true, false)).steps().getFirst();

        // Then
        Configure configure = new Configure("t", setting, found, wanted);
        if (deletes) {
            assertInstanceOf(Refuse.class, unasked);
        } else {
            assertEquals(configure, unasked);
        }
        assertEquals(configure, agreed);
    }

    @Test
    void leavesReplicasToKafkasOwnTool() {
        TopicPlan plan = plan(wanted(6, Layout.STATE, Map.of()), new FoundTopic(6, 1, Map.of()), ALL);

        assertInstanceOf(Leave.class, plan.steps().getFirst());
        assertTrue(plan.refused().isEmpty());
        assertEquals(List.of(), plan.changes());
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # found, replicas, wanted, asked, step
            1,       3,        2,      false, Configure
            2,       3,        1,      false, Leave
            2,       3,        1,      true,  Configure
            1,       2,        2,      false, Leave
            1,       2,        2,      true,  Configure
            1,       1,        2,      false, Leave
            1,       1,        2,      true,  Refuse
            """)
    void changesHowManyMustHaveARecordOnlyWhereThatIsSaferOrAskedFor(
            String found, int replicas, String wanted, boolean asked, String step) {
        // When
        TopicPlan plan = plan(
                wanted(6, Layout.FREE, Map.of("min.insync.replicas", wanted)),
                new FoundTopic(6, replicas, Map.of("min.insync.replicas", found)),
                new Consent(false, false, asked));

        // Then
        assertEquals(step, plan.steps().getFirst().getClass().getSimpleName());
    }

    private static TopicPlan plan(WantedTopic wanted, FoundTopic found, Consent consent) {
        return TopicPlan.of(List.of(wanted), Map.of("t", found), 3, consent);
    }

    private static WantedTopic wanted(int partitions, Layout layout, Map<String, String> config) {
        return new WantedTopic("t", partitions, layout, config);
    }
}
