package dev.millrace.training.register;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.declaration.TrainingDeclaration;
import dev.millrace.training.fit.Fitted;
import dev.millrace.training.sample.Learnable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/**
 * What is registered.
 *
 * @param model the model's name
 * @param onnx its file
 * @param description what is known of it, as {@code model.json} holds it, but for the version's name
 */
public record Version(String model, byte[] onnx, ObjectNode description) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The version that a tested model gives. */
    public static Version of(Fitted fitted, Learnable learnable, String source, Instant createdAt) {
        TrainingDeclaration training = learnable.training();
        ObjectNode description =
                JSON.createObjectNode().put("name", learnable.model().name());
        ArrayNode features = description.putArray("features");
        fitted.features()
                .forEach((name, reference) ->
                        features.addObject().put("name", name).put("reference", reference.floatValue()));
        description
                .putObject("labels")
                .put("positive", training.positive().orElse("positive"))
                .put("negative", training.negative().orElse("negative"));
        description.put("threshold", fitted.decision().threshold());
        String from = day(fitted.split().trainFrom());
        String to = day(fitted.split().trainTo() - 1);
        description.put(
                "trainedOn",
                String.format(
                        Locale.ROOT,
                        "%,d events of %s (%,d of them %s) from %s to %s; %s",
                        fitted.training().size(),
                        source,
                        fitted.training().positives(),
                        training.positive().orElse("positive"),
                        from,
                        to,
                        judged(fitted)));
        ObjectNode trained = description
                .putObject("training")
                .put("kind", fitted.candidate().kind())
                .put("from", from)
                .put("to", to)
                .put("rows", fitted.training().size())
                .put("positives", fitted.training().positives());
        if (fitted.tested()) {
            trained.put("testedFrom", day(fitted.split().testFrom()));
        }
        ObjectNode parameters = description.putObject("parameters");
        fitted.candidate().settings().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(setting -> parameters.put(setting.getKey(), setting.getValue()));
        ObjectNode metrics = description.putObject("metrics");
        fitted.metrics().forEach(metrics::put);
        description.put("createdAt", createdAt.toString()).put("sha256", sha256(fitted.onnx()));
        description.set("reference", Reference.of(fitted));
        return new Version(learnable.model().name(), fitted.onnx(), description);
    }

    /** A version that is described already, but for its name and checksum. */
    public static Version of(String model, byte[] onnx, ObjectNode description) {
        ObjectNode whole = JSON.createObjectNode().put("name", model);
        whole.setAll(description);
        whole.put("sha256", sha256(onnx));
        return new Version(model, onnx, whole);
    }

    private static String judged(Fitted fitted) {
        return fitted.tested()
                ? String.format(
                        Locale.ROOT,
                        "tested on %,d of the %d days from %s, after a delay of %d days",
                        fitted.test().size(),
                        fitted.split().testDays(),
                        day(fitted.split().testFrom()),
                        fitted.split().delay())
                : String.format(
                        Locale.ROOT,
                        "not tested; measures are of %,d events of the validation weeks from %s to %s",
                        fitted.test().size(),
                        day(fitted.test().firstDay()),
                        day(fitted.test().lastDay()));
    }

    private static String day(int day) {
        return LocalDate.ofEpochDay(day).toString();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
