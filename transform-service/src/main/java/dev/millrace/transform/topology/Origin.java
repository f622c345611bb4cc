package dev.millrace.transform.topology;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The raw record that an event came from, so that a rejection can give it back. It goes through topics in headers.
 *
 * @param value its value
 * @param place where it stands, as topic-partition@offset
 */
record Origin(byte[] value, String place) {
    private static final String VALUE = "millrace-original";
    private static final String PLACE = "millrace-place";

    static Origin of(Headers headers) {
        return new Origin(
                headers.lastHeader(VALUE).value(),
                Texts.of(headers.lastHeader(PLACE).value()));
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

    /** Those headers and this origin's. */
    Headers addedTo(Headers headers) {
        return removedFrom(headers).add(VALUE, value).add(PLACE, Texts.bytes(place));
    }

    /** Those headers without any origin's. */
    static Headers removedFrom(Headers headers) {
        return new RecordHeaders(headers).remove(VALUE).remove(PLACE);
    }
}
