package tocsin.local.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.avro.PrincipalType;

class PrincipalTextTest {

    @ParameterizedTest
    @CsvSource({
        "ci_cd:build-7,CI_CD,build-7",
        "human:a:b,HUMAN,a:b",
        "org_token:t,ORG_TOKEN,t",
        "anonymous:x,ANONYMOUS,x"
    })
    void readsTypeAndId(String text, PrincipalType type, String id) {
        assertEquals(Optional.of(new PrincipalText(type, id)), PrincipalText.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "human", "human:", "robot:7", "HUMAN:7"})
    void readsNothingElse(String text) {
        assertEquals(Optional.empty(), PrincipalText.parse(text));
    }
}
