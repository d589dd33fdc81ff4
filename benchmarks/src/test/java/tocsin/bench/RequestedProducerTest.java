package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RequestedProducerTest {

    /** By these the sender finds whom it names; under other names that work would be spared. */
    @Test
    void namesThePrincipalsOfItsDownloadsAsTheDispatcherDoes() throws IOException {
        // When
        JsonNode data = new ObjectMapper().readTree(RequestedProducer.DATA);

        // Then
        assertEquals(5, data.get("affected_downloads").size());
        for (int i = 0; i < 5; i++) {
            assertEquals(
                    "bot-" + i,
                    data.at("/affected_downloads/" + i + "/principal_id").asText());
        }
    }
}
