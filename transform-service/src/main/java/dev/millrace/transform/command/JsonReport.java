package dev.millrace.transform.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.event.Row;
import java.io.PrintWriter;
import java.util.Map;

/** Tells it to machines: a JSON object a line for each record, and one in the end. */
final class JsonReport implements Report {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private final Declared declared;
    private final PrintWriter out;

    JsonReport(Declared declared, PrintWriter out) {
        this.declared = declared;
        this.out = out;
    }

    @Override
    public void tell(Trial trial) {
        ObjectNode json = JSON.createObjectNode().put("where", trial.where());
        if (!trial.id().isEmpty()) {
            json.put("id", trial.id());
        }
        if (trial.ending() instanceof Trial.Clean) {
            json.put("outcome", "clean");
        } else if (trial.ending() instanceof Trial.Rejected rejected) {
            json.put("outcome", "rejected")
                    .put("stage", rejected.stage().label())
                    .put("reason", rejected.reason())
                    .put("message", rejected.message())
                    .put("original", rejected.original());
        } else if (trial.ending() instanceof Trial.LeftOut leftOut) {
            json.put("outcome", "left-out")
                    .put("step", declared.name(trial.rows().size() - 1))
                    .put("why", leftOut.why());
        }
        if (!trial.rows().isEmpty()) {
            json.set("event", object(StepEffect.values(trial.rows().get(0))));
            ArrayNode steps = json.putArray("steps");
            StepEffect.of(declared, trial.rows()).forEach(effect -> steps.add(step(effect)));
        }
        if (trial.ending() instanceof Trial.Clean) {
            Row last = trial.rows().get(trial.rows().size() - 1);
            json.set("clean", object(StepEffect.values(last)));
        }
        print(json);
    }

    private static ObjectNode step(StepEffect effect) {
        ObjectNode step = JSON.createObjectNode().put("step", effect.step());
        step.set("set", object(effect.set()));
        ArrayNode dropped = step.putArray("dropped");
        effect.dropped().forEach(dropped::add);
        return step;
    }

    private static ObjectNode object(Map<String, JsonNode> members) {
        ObjectNode object = JSON.createObjectNode();
        object.setAll(members);
        return object;
    }

    @Override
    public void sumUp(Tally tally) {
        ObjectNode summary = JSON.createObjectNode();
        summary.put("in", tally.in()).put("clean", tally.clean());
        summary.set("flagged", JSON.valueToTree(tally.flagged()));
        summary.set("rejected", JSON.valueToTree(tally.rejected()));
        summary.set("left_out", JSON.valueToTree(tally.leftOut()));
        summary.set("late", JSON.valueToTree(tally.late()));
        ObjectNode json = JSON.createObjectNode();
        json.set("summary", summary);
        print(json);
    }

    private void print(ObjectNode json) {
        try {
            out.println(JSON.writeValueAsString(json));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }
}
