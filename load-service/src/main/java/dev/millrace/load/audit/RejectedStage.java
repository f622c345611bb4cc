package dev.millrace.load.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.pipeline.topic.Stage;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** The stage that rejected a record: the second word of a rejection, read without the rest of it. Stateless. */
final class RejectedStage {
    private static final JsonFactory JSON = new JsonFactory();

    private RejectedStage() {}

    /** The stage; empty if the bytes are no rejection, which none of ours wrote then. */
    static Optional<Stage> of(byte[] rejection) {
        if (rejection == null) {
            return Optional.empty();
        }
        try (JsonParser parser = JSON.createParser(rejection)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("stage")) {
                    return Optional.of(Stage.valueOf(parser.getText().toUpperCase(Locale.ROOT)));
                }
                parser.skipChildren();
            }
            return Optional.empty();
        } catch (IOException | IllegalArgumentException noRejection) {
            return Optional.empty();
        }
    }
}
