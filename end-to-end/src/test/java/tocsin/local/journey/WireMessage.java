package tocsin.local.journey;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A message of Protocol Buffers, as far as one has to look into it: fields that have a length, by their number. */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
record WireMessage(Map<Integer, List<byte[]>> fields) {

    static WireMessage of(byte[] message) {
        Map<Integer, List<byte[]>> fields = new HashMap<>();
        ByteBuffer in = ByteBuffer.wrap(message);
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            switch (tag & 7) {
                case 0 -> varint(in);
                case 1 -> in.position(in.position() + Long.BYTES);
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    fields.computeIfAbsent(tag >>> 3, _ -> new ArrayList<>()).add(bytes);
                }
                case 5 -> in.position(in.position() + Integer.BYTES);
                default -> throw new IllegalArgumentException("no such wire type: " + (tag & 7));
            }
        }
        return new WireMessage(fields);
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    List<byte[]> bytes(int number) {
        return fields.getOrDefault(number, List.of());
    }

    List<WireMessage> messages(int number) {
        return bytes(number).stream().map(WireMessage::of).toList();
    }
}
