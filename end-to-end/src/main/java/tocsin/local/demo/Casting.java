package tocsin.local.demo;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import tocsin.local.api.Onboarding;
import tocsin.local.api.PlatformClient;
import tocsin.local.stack.LocalStack;

/** Registers everybody. */
final class Casting {

    private final PlatformClient platform;
    private final Onboarding onboarding;
    private final Clock clock;

    Casting(LocalStack stack, PlatformClient platform, Clock clock) {
        this.platform = platform;
        this.onboarding = new Onboarding(stack, platform);
        this.clock = clock;
    }

    Cast register() {
        String orgToken = newTokenId();
        String personalToken = newTokenId();
        String personalAddress = "developer@example.com";
        platform.registerOrgToken(
                orgToken, "example-org", Map.of("type", "org_token", "id", "deploy-token", "name", "deploy token"));
        platform.registerPersonalToken(personalToken, personalAddress, clock.instant(), "en");
        return new Cast(
                onboarding.register("example-org", "security@example.org", "en"),
                onboarding.register("other-org", "alarms@example.net", "en"),
                personalToken,
                personalAddress,
                orgToken);
    }

    /** What a proxy would make of a token that it was shown. */
    private static String newTokenId() {
        byte[] token = new byte[32];
        new SecureRandom().nextBytes(token);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
