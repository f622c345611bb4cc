package dev.millrace.transform.topology;

import java.nio.ByteBuffer;

/**
 * The raw record that an event came from, so that a rejection can give it back.
 *
 * @param value its value
 * @param place where it stands, as topic-partition@offset
 */
record Origin(byte[] value, String place) {
    static Origin read(ByteBuffer bytes) {
        byte[] place = new byte[bytes.getInt()];
        bytes.get(place);
        byte[] value = new byte[bytes.getInt()];
        bytes.get(value);
        return new Origin(value, Texts.of(place));
    }

    /** The bytes that {@link #read} reads, and room for more behind them and before. */
    ByteBuffer toBuffer(int before, int behind) {
        byte[] text = Texts.bytes(place);
        return ByteBuffer.allocate(before + 2 * Integer.BYTES + text.length + value.length + behind)
                .position(before)
                .putInt(text.length)
                .put(text)
                .putInt(value.length)
                .put(value);
    }

    /** Whether that voice speaks of it; of a place that is none in raw, always. */
    boolean isSpokenOfBy(Voice voice) {
        int offset = place.lastIndexOf('@');
        int partition = place.lastIndexOf('-', offset);
        return offset < 0
                || voice.speaksOf(
                        Integer.parseInt(place.substring(partition + 1, offset)),
                        Long.parseLong(place.substring(offset + 1)));
    }
}
