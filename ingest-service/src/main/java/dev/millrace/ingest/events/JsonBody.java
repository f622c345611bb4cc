package dev.millrace.ingest.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.pipeline.event.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** One JSON object, or an array of them. The bytes of each are handed on as they came. */
final class JsonBody implements BodyFormat {
    private static final JsonFactory JSON = new JsonFactory();

    /** A broken array is refused whole, so its elements are found first and handed on only then. */
    @Override
    public void split(byte[] body, Consumer<Posted> records) throws UnreadableBodyException {
        if (!Utf8.isValid(body, 0, body.length)) {
            throw new UnreadableBodyException("the body is not UTF-8");
        }
        List<int[]> elements = new ArrayList<>();
        boolean array;
        try (JsonParser parser = JSON.createParser(body)) {
            JsonToken first = parser.nextToken();
            array = first == JsonToken.START_ARRAY;
            if (first == null) {
                throw new UnreadableBodyException("the body is empty; expected a JSON object or an array of them");
            }
            if (!array) {
                elements.add(element(parser));
            }
            while (array && parser.nextToken() != JsonToken.END_ARRAY) {
                elements.add(element(parser));
            }
            if (parser.nextToken() != null) {
                throw new UnreadableBodyException("there is more behind the JSON value; send several events as an"
                        + " array, or as lines with Content-Type: application/x-ndjson");
            }
        } catch (JsonProcessingException e) {
            throw new UnreadableBodyException("not valid JSON: " + e.getOriginalMessage() + ", at line "
                    + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr());
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory can not fail", e);
        }
        for (int i = 0; i < elements.size(); i++) {
            int[] span = elements.get(i);
            records.accept(Posted.bare(array ? "/" + i : "", Arrays.copyOfRange(body, span[0], span[1])));
        }
    }

    private static int[] element(JsonParser parser) throws IOException {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        // A scalar is only known to end when it was read whole.
        parser.finishToken();
        return new int[] {start, (int) parser.currentLocation().getByteOffset()};
    }
}
