package dev.millrace.model.predict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.event.JsonFault;
import dev.millrace.pipeline.event.Text;
import dev.millrace.pipeline.event.Utf8;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A request's body, of the right shape.
 *
 * @param model the model that it names, if it names one
 * @param pipeline the pipeline that it names, if it names one
 * @param inputs what is to be predicted
 * @param wantsFeatures whether the answer is to say what the model was given
 * @param wantsReasons whether it is to say why; so it is unless the body says no
 */
record PredictRequest(
        Optional<String> model,
        Optional<String> pipeline,
        List<ObjectNode> inputs,
        boolean wantsFeatures,
        boolean wantsReasons) {
    private static final int MAX_ENTRIES = 100;
    private static final int MAX_QUOTED = 80;
    private static final Set<String> MEMBERS = Set.of("model", "pipeline", "inputs", "features", "reasons");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            // Half a surrogate pair can only be written as an escape; the reader of events says what is wrong with it.
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    /**
     * Reads a body.
     *
     * @throws ProblemException 400 if it is not of the right shape
     */
    static PredictRequest read(byte[] body, int maxInputs) {
        JsonNode root = parse(body);
        List<Problem.Entry> entries = new ArrayList<>();
        if (!root.isObject()) {
            entries.add(entry("", "an object with model and inputs", root));
            throw invalid(entries);
        }
        root.fieldNames().forEachRemaining(name -> {
            if (!MEMBERS.contains(name)) {
                entries.add(new Problem.Entry(
                        pointer("", name),
                        "no member but model, pipeline, inputs, features and reasons",
                        "'" + quoted(name) + "'"));
            }
        });
        Optional<String> model = text(root, "model", entries);
        Optional<String> pipeline = text(root, "pipeline", entries);
        boolean features = flag(root, "features", false, entries);
        boolean reasons = flag(root, "reasons", true, entries);
        List<ObjectNode> inputs = inputs(root.path("inputs"), maxInputs, entries);
        if (!entries.isEmpty()) {
            throw invalid(entries);
        }
        return new PredictRequest(model, pipeline, inputs, features, reasons);
    }

    /** The input as the bytes of a JSON object. */
    static byte[] bytes(ObjectNode input) {
        try {
            return JSON.writeValueAsBytes(input);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /** The problem of a body with those mistakes, of which the first hundred are named. */
    static ProblemException invalid(List<Problem.Entry> entries) {
        String which = entries.size() > MAX_ENTRIES
                ? "the first " + MAX_ENTRIES + " of " + entries.size() + " mistakes."
                : "each mistake.";
        return new ProblemException(Problem.of(
                        400,
                        "invalid-request",
                        "The request is not valid",
                        "Nothing was predicted; see violations for " + which)
                .with(entries.subList(0, Math.min(entries.size(), MAX_ENTRIES))));
    }

    /** The JSON Pointer (RFC 6901) of a member. */
    static String pointer(String object, String member) {
        return object + "/" + quoted(member.replace("~", "~0").replace("/", "~1"));
    }

    /** What came, so short and clean that an answer can quote it. */
    static String quoted(String text) {
        return Text.storable(text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "…" : text);
    }

    private static JsonNode parse(byte[] body) {
        boolean utf16 = body.length > 1 && (body[0] == 0 || body[1] == 0);
        if (utf16 || !Utf8.isValid(body, 0, body.length)) {
            throw malformed("it is not UTF-8");
        }
        try {
            JsonNode root = JSON.readTree(body);
            if (root == null || root.isMissingNode()) {
                throw malformed("the body is empty");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw malformed(Text.storable(JsonFault.of(e))
                    + (e.getLocation() == null
                            ? ""
                            : ", at line " + e.getLocation().getLineNr() + ", column "
                                    + e.getLocation().getColumnNr()));
        } catch (NumberFormatException e) {
            // Jackson reads exponents of ten digits, and this is what it says to longer ones.
            throw malformed("a number has an exponent of too many digits");
        } catch (IOException e) {
            throw malformed(e.getMessage());
        }
    }

    private static ProblemException malformed(String why) {
        return new ProblemException(
                Problem.of(400, "malformed-body", "The body is not valid JSON", "It can not be read: " + why + "."));
    }

    private static Optional<String> text(JsonNode root, String name, List<Problem.Entry> entries) {
        JsonNode node = root.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            entries.add(entry("/" + name, "a text", node));
        }
        return Optional.of(node.asText());
    }

    private static boolean flag(JsonNode root, String name, boolean otherwise, List<Problem.Entry> entries) {
        JsonNode node = root.path(name);
        if (!node.isMissingNode() && !node.isNull() && !node.isBoolean()) {
            entries.add(entry("/" + name, "true or false", node));
        }
        return node.asBoolean(otherwise);
    }

    private static List<ObjectNode> inputs(JsonNode node, int maxInputs, List<Problem.Entry> entries) {
        List<ObjectNode> inputs = new ArrayList<>();
        if (!node.isArray() || node.isEmpty()) {
            entries.add(entry("/inputs", "an array of at least one event", node));
            return inputs;
        }
        if (node.size() > maxInputs) {
            entries.add(
                    new Problem.Entry("/inputs", "at most " + maxInputs + " events", Integer.toString(node.size())));
            return inputs;
        }
        for (int i = 0; i < node.size(); i++) {
            if (node.get(i) instanceof ObjectNode input) {
                inputs.add(input);
            } else {
                entries.add(entry("/inputs/" + i, "an object", node.get(i)));
            }
        }
        return inputs;
    }

    private static Problem.Entry entry(String where, String expected, JsonNode actual) {
        String text = actual.isMissingNode() ? "nothing" : actual.toString();
        return new Problem.Entry(where, expected, quoted(text));
    }
}
