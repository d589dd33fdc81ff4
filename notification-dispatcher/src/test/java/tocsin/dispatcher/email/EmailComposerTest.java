package tocsin.dispatcher.email;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.Match;
import tocsin.schemas.avro.*;

class EmailComposerTest {
    @Test
    void dump() {
        EmailComposer c = new EmailComposer();
        for (Language l : Language.values()) {
            Match m = Samples.read(Samples.matched(
                    "org:acme",
                    Samples.advisory().setAliases(List.of("MAL-2026-1")).setAdvisoryUrl("https://example.org/a"),
                    List.of(
                            Samples.download(
                                    "e1", "2026-04-15T08:30:00Z", Samples.bot("b1", "example-org/example-repo")),
                            Samples.download("e2", "2026-04-14T12:00:00Z", Samples.human("u1")))));
            Mail mail = c.breach(
                    new BreachNotice(
                            UUID.fromString("00000000-0000-5000-8000-000000000001"),
                            m.audience(),
                            m.advisory(),
                            m.downloads(),
                            false,
                            false),
                    l);
            System.out.println("SUBJ " + mail.subject() + "\nTEXT\n" + mail.text() + "\nHTML\n" + mail.html());
        }
    }
}
