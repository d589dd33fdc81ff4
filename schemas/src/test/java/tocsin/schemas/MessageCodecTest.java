package tocsin.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Random;
import org.apache.avro.SystemLimitException;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.schemas.avro.WebhookEndpoint;

class MessageCodecTest {

    private static final MessageCodec<DownloadObserved> CODEC = MessageCodec.of(DownloadObserved.class);

    @ParameterizedTest
    @CsvSource(textBlock = """
            '',                                   not in Avro single-object encoding
            00,                                   not in Avro single-object encoding
            7B7D,                                 not in Avro single-object encoding
            C301,                                 not in Avro single-object encoding
            C3010000000000000000,                 no released schema
            C30100000000000000000000,             no released schema
            """)
    void refusesWhatIsNoMessage(String hex, String reason) {
        var thrown = assertThrows(
                UndecodableMessageException.class,
                () -> CODEC.decode(HexFormat.of().parseHex(hex)));

        assertTrue(String.valueOf(thrown.getMessage()).contains(reason), thrown.getMessage());
    }

    @Test
    void refusesAMessageOfAnotherType() {
        byte[] token = MessageCodec.of(TokenRegistered.class)
                .encode(TokenRegistered.newBuilder().setTokenId("0").build());

        assertThrows(UndecodableMessageException.class, () -> CODEC.decode(token));
    }

    /** A length prefix of two thousand million must not make the reader allocate as much. */
    @Test
    void refusesALengthThatTheMessageDoesNotHave() {
        byte[] prefix = HexFormat.of().parseHex(CODEC.prefixHex());
        byte[] hostile = Arrays.copyOf(prefix, prefix.length + 6);
        hostile[prefix.length] = 2; // event_id: the string branch
        byte[] length = {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x0E}; // 1,879,048,192 in zigzag
        System.arraycopy(length, 0, hostile, prefix.length + 1, length.length);

        var thrown = assertThrows(UndecodableMessageException.class, () -> CODEC.decode(hostile));
        // Without the limit it would allocate first and then meet the end of the bytes.
        assertInstanceOf(SystemLimitException.class, thrown.getCause());
    }

    /** A few kilobytes could otherwise become millions of objects. */
    @Test
    void refusesAListOfMoreElementsThanAnyMessageHas() {
        MessageCodec<WebhookEndpoint> codec = MessageCodec.of(WebhookEndpoint.class);
        byte[] tooMany = codec.encode(WebhookEndpoint.newBuilder()
                .setEndpointId("WH1")
                .setOrgId("org_1")
                .setEnabled(true)
                .setEventTypes(Collections.nCopies(100_001, ""))
                .build());

        assertThrows(UndecodableMessageException.class, () -> codec.decode(tooMany));
    }

    @Test
    void refusesWhatIsLongerThanATopicTakes() {
        byte[] zeros = new byte[MessageCodec.MAX_MESSAGE_BYTES + 1];

        assertThrows(UndecodableMessageException.class, () -> CODEC.decode(zeros));
    }

    @Test
    void throwsNothingElseOnDamagedMessages() {
        Random random = new Random(20261121);
        for (SpecificRecord message : SampleMessages.all()) {
            MessageCodec<SpecificRecord> codec = GoldenBytesTest.codecOf(message);
            byte[] whole = codec.encode(message);
            for (int round = 0; round < 2_000; round++) {
                byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
                for (int i = 0; i < 3 && damaged.length > 10; i++) {
                    damaged[10 + random.nextInt(damaged.length - 10)] = (byte) random.nextInt(256);
                }
                try {
                    codec.decode(damaged);
                } catch (UndecodableMessageException expected) {
                    // the only exception that the Javadoc declares
                }
            }
            assertEquals(message, codec.decode(whole));
        }
    }
}
