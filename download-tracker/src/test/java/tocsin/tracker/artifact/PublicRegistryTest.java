package tocsin.tracker.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Ecosystem;

class PublicRegistryTest {

    private final PublicRegistry registry = new PublicRegistry(List.of("Mirror.example.com."));

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            NPM,  -,                         -
            NPM,  npmjs.org,                 -
            NPM,  any.npmjs.org,             -
            NPM,  Any.NPMJS.org,             -
            NPM,  any.npmjs.com,             -
            NPM,  any.yarnpkg.com,           -
            NPM,  notnpmjs.org,              notnpmjs.org
            NPM,  any.npmjs.org.example.com, any.npmjs.org.example.com
            NPM,  pypi.org,                  pypi.org
            NPM,  npm.example.org,           npm.example.org
            NPM,  NPM.example.org:8443,      npm.example.org:8443
            NPM,  any.npmjs.org:443,         -
            NPM,  any.npmjs.org:80,          -
            NPM,  any.npmjs.org.,            -
            NPM,  Any.npmjs.org.:443,        -
            NPM,  any.npmjs.org:8443,        any.npmjs.org:8443
            NPM,  npm.example.org.:443,      npm.example.org
            NPM,  mirror.example.com,        -
            NPM,  mirror.example.com:443,    -
            PYPI, mirror.example.com,        -
            NPM,  .,                         -
            PYPI, pypi.org,                  -
            PYPI, any.pythonhosted.org,      -
            PYPI, any.npmjs.org,             any.npmjs.org
            """)
    void takesTheEcosystemsPublicRegistryForNoOrigin(Ecosystem ecosystem, String host, String internal) {
        // When
        Optional<String> origin = registry.internalOrigin(ecosystem, Optional.ofNullable(host));

        // Then
        assertEquals(Optional.ofNullable(internal), origin);
    }
}
