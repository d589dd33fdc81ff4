package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeedSubjectsTest {

    @ParameterizedTest
    @CsvSource({
        "osv,     importer, true",
        "osv,     spare,    true",
        "osv,     osv,      false",
        "osv,     partner,  false",
        "ghsa,    a=b,      true",
        "ghsa,    a,        false",
        "partner, partner,  true",
        "partner, Partner,  false",
        "partner, importer, false",
    })
    void aNameIsWhoseOperatorsSayAndElseItsOwnSubjects(String feed, String subject, boolean may) {
        FeedSubjects subjects = new FeedSubjects(List.of("osv=importer", "osv = spare", "ghsa=a=b"));

        assertEquals(may, subjects.maySpeakAs(feed, subject));
    }

    @ParameterizedTest
    @ValueSource(strings = {"osv", "osv=", "=importer", "OSV=importer", "o v=importer", "osv= "})
    void anEntryOfAnotherFormIsRefused(String entry) {
        assertThrows(IllegalArgumentException.class, () -> new FeedSubjects(List.of(entry)));
    }

    @Test
    void withoutEntriesEverySubjectIsItsOwnFeed() {
        assertEquals(true, new FeedSubjects(List.of()).maySpeakAs("osv", "osv"));
    }
}
