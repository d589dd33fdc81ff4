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
            NPM,  -,                      -
            NPM,  registry.npmjs.org,     -
            NPM,  Registry.NPMJS.org,     -
            NPM,  registry.yarnpkg.com,   -
            NPM,  pypi.org,               pypi.org
            NPM,  npm.example.org,        npm.example.org
            NPM,  NPM.example.org:8443,   npm.example.org:8443
            NPM,  registry.npmjs.org:443, -
            NPM,  registry.npmjs.org:80,  -
            NPM,  registry.npmjs.org.,    -
            NPM,  Registry.npmjs.org.:443, -
            NPM,  registry.npmjs.org:8443, registry.npmjs.org:8443
            NPM,  npm.example.org.:443,   npm.example.org
            NPM,  mirror.example.com,     -
            NPM,  mirror.example.com:443, -
            PYPI, mirror.example.com,     -
            NPM,  .,                      -
            NPM,  registry.npmjs.org.evil.example.com, registry.npmjs.org.evil.example.com
            PYPI, pypi.org,               -
            PYPI, files.pythonhosted.org, -
            PYPI, registry.npmjs.org,     registry.npmjs.org
            """)
    void takesTheEcosystemsPublicRegistryForNoOrigin(Ecosystem ecosystem, String host, String internal) {
        // When
        Optional<String> origin = registry.internalOrigin(ecosystem, Optional.ofNullable(host));

        // Then
        assertEquals(Optional.ofNullable(internal), origin);
    }
}
