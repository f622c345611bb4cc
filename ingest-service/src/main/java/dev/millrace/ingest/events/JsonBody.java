package dev.millrace.ingest.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.pipeline.event.JsonFault;
import dev.millrace.pipeline.event.Utf8;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** One JSON object, or an array of them. The bytes of each are handed on as they came. */
final class JsonBody implements BodyFormat {
    private static final JsonFactory JSON = new JsonFactory();

    /** A broken array is refused whole, so its elements are found first and handed on only then. */
    @Override
    public void split(byte[] body, Consumer<Posted> records) throws UnreadableBodyException {
        if (!Utf8.isValid(body, 0, body.length) || isUtf16Or32(body)) {
            throw new UnreadableBodyException("the body is not UTF-8");
        }
        // Begin and end of each element: two bytes of body may be one, so they are kept as plain numbers.
        IntStream.Builder spans = IntStream.builder();
        boolean array;
        try (JsonParser parser = JSON.createParser(body)) {
            JsonToken first = parser.nextToken();
            array = first == JsonToken.START_ARRAY;
            if (first == null) {
                throw new UnreadableBodyException("the body is empty; expected a JSON object or an array of them");
            }
            if (!array) {
                addElement(parser, spans);
            }
            while (array && parser.nextToken() != JsonToken.END_ARRAY) {
                addElement(parser, spans);
            }
            if (parser.nextToken() != null) {
                throw new UnreadableBodyException("there is more behind the JSON value; send several events as an"
                        + " array, or as lines with Content-Type: application/x-ndjson");
            }
        } catch (JsonProcessingException e) {
            throw new UnreadableBodyException("not valid JSON: " + JsonFault.of(e) + where(e));
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory can not fail", e);
        }
        int[] ends = spans.build().toArray();
        for (int i = 0; i < ends.length; i += 2) {
            records.accept(Posted.bare(array ? "/" + i / 2 : "", Arrays.copyOfRange(body, ends[i], ends[i + 1])));
        }
    }

    /** The parser's current value, to its end: the places of its first byte and of the one behind its last. */
    static void addElement(JsonParser parser, IntStream.Builder spans) throws IOException {
        spans.add((int) parser.currentTokenLocation().getByteOffset());
        parser.skipChildren();
        // A scalar is only known to end when it was read whole.
        parser.finishToken();
        spans.add((int) parser.currentLocation().getByteOffset());
    }

    /** The parser would read them, and count characters in place of bytes. */
    private static boolean isUtf16Or32(byte[] body) {
        return body.length >= 2 && (body[0] == 0 || body[1] == 0);
    }

    /** Limits, such as that of depth, are reported without a place. */
    private static String where(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : ", at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }
}
