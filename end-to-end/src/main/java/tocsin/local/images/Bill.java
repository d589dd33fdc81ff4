package tocsin.local.images;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bill of materials by CycloneDX, as far as licences go.
 *
 * @param json without the texts, which are the same for most libraries
 * @param libraries by the file names of their jars
 * @param texts of licences in their general form, by SPDX id; of some that are named there is none
 */
record Bill(String json, Map<String, Library> libraries, Map<String, String> texts) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What the plugin brings in place of a text that it could not fetch when it was made. */
    private static final String NO_TEXT = "404";

    private static final Pattern CLASSIFIER = Pattern.compile("[?&]classifier=([^&]+)");

    /** Licences that have no id, and say in other words what one that has says. */
    private static final Map<String, String> SAME_AS =
            Map.of("Bouncy Castle Licence", "MIT", "Go License", "BSD-3-Clause");

    /** @param licences SPDX ids, expressions of them, or names; one of them or all, as the library's own words say */
    record Library(String name, List<String> licences) {}

    Bill {
        libraries = Map.copyOf(libraries);
        texts = Map.copyOf(texts);
    }

    /** @throws IllegalArgumentException if it is none */
    static Bill read(String json) {
        Map<String, Library> libraries = new TreeMap<>();
        Map<String, String> texts = new TreeMap<>();
        try {
            JsonNode bill = JSON.readTree(json);
            for (JsonNode component : bill.path("components")) {
                List<String> licences = new ArrayList<>();
                for (JsonNode choice : component.path("licenses")) {
                    if (choice.path("license") instanceof ObjectNode licence) {
                        licences.add(
                                licence.path("id").asText(licence.path("name").asText()));
                        takeText(licence, texts);
                    } else {
                        licences.add(choice.path("expression").asText());
                    }
                }
                String name = component.path("name").asText();
                libraries.put(
                        jarOf(
                                name,
                                component.path("version").asText(),
                                component.path("purl").asText()),
                        new Library(name, List.copyOf(licences)));
            }
            return new Bill(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(bill), libraries, texts);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no bill of materials", e);
        }
    }

    /** Of those that the library names, without those of which there is none. */
    List<String> textsOf(Library library) {
        return library.licences().stream()
                .map(licence -> SAME_AS.getOrDefault(licence, licence))
                .filter(texts::containsKey)
                .toList();
    }

    private static void takeText(ObjectNode licence, Map<String, String> texts) {
        JsonNode attached = licence.remove("text");
        if (attached != null && licence.hasNonNull("id")) {
            String content = attached.path("content").asText();
            String text = attached.path("encoding").asText().equals("base64")
                    ? new String(Base64.getMimeDecoder().decode(content), StandardCharsets.UTF_8)
                    : content;
            if (!text.startsWith(NO_TEXT)) {
                texts.put(licence.path("id").asText(), text);
            }
        }
    }

    private static String jarOf(String name, String version, String purl) {
        Matcher classifier = CLASSIFIER.matcher(purl);
        return name + "-" + version + (classifier.find() ? "-" + classifier.group(1) : "") + ".jar";
    }
}
