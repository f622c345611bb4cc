package dev.millrace.model.predict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.feature.LiveFeatures;
import dev.millrace.model.feature.LiveTransform;
import dev.millrace.model.feature.Look;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.transform.Completion;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.service.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What users chose lately, as the window of the stream has it: asked as an event of which only the user is known would be
 * completed, so that a user's name becomes a token where the pipeline makes one. Thread-safe.
 */
@ApplicationScoped
public class LiveHistories {
    private final LiveFeatures live;
    private final Map<String, Way> ways = new ConcurrentHashMap<>();

    /** How the history of one pipeline is asked for. */
    private record Way(Pipeline pipeline, Transform transform, Completion completion, EventReader reader) {}

    LiveHistories(LiveFeatures live) {
        this.live = live;
    }

    /**
     * A user's history.
     *
     * @param user the user as clean events name them: a token where the pipeline makes one; nothing where they do not
     * @param items the items, the latest first
     * @param asOf when the newest interaction was accepted that is counted where the user's are
     */
    record History(Optional<String> user, List<String> items, Optional<Instant> asOf) {}

    /**
     * The history of a user, or nothing if the input has mistakes, which are then added to the entries.
     *
     * @param input the user and perhaps a time; without one it is now
     * @param user the field that names the user
     * @param feature the window's feature that is the history
     * @throws dev.millrace.model.feature.StateAwayException if it can not be asked now
     */
    Optional<History> of(
            Pipeline pipeline,
            ObjectNode input,
            String user,
            String feature,
            String where,
            List<Problem.Entry> entries) {
        live.need(pipeline);
        LiveTransform whole = live.of(pipeline);
        Way way = way(pipeline, whole.transform(), user, feature);
        Reading reading = way.reader().read(PredictRequest.bytes(input));
        if (reading instanceof Reading.Refused refused) {
            for (Violation violation : refused.violations()) {
                entries.add(new Problem.Entry(
                        violation.field().isEmpty() ? where : PredictRequest.pointer(where, violation.field()),
                        violation.expected(),
                        violation.kind() == Violation.Kind.MISSING ? "nothing" : violation.actual()));
            }
            return Optional.empty();
        }
        Row read = ((Reading.Read) reading).row();
        Instant at = read.get(1) == null ? Instant.now() : (Instant) read.get(1);
        Schema own = pipeline.eventReader().schema();
        Object[] values = new Object[own.size()];
        values[own.ordinal(user)] = read.get(0);
        Look look = whole.look();
        Row clean = way.completion().complete(new Row(own, values), Optional.of(at), Map.of(), look);
        List<String> items = new ArrayList<>();
        if (clean.get(feature) instanceof JsonNode chosen) {
            chosen.forEach(item -> items.add(item.asText()));
        }
        int named = clean.schema().find(user);
        Optional<String> name = named < 0
                ? Optional.empty()
                : Optional.ofNullable(clean.get(named)).map(Object::toString);
        return Optional.of(new History(name, items, look.asOf()));
    }

    private Way way(Pipeline pipeline, Transform transform, String user, String feature) {
        Way known = ways.get(pipeline.name());
        if (known == null || known.pipeline() != pipeline || known.transform() != transform) {
            Schema own = pipeline.eventReader().schema();
            Field who = own.field(own.ordinal(user));
            Field when =
                    own.field(own.ordinal(pipeline.declaration().spec().event().time()));
            known = new Way(
                    pipeline,
                    transform,
                    transform.completing(List.of(feature), List.of()),
                    new EventReader(new Schema(List.of(demanded(who, true), demanded(when, false)))));
            ways.put(pipeline.name(), known);
        }
        return known;
    }

    private static Field demanded(Field field, boolean required) {
        return new Field(field.name(), field.type(), required, field.formats(), field.zone());
    }
}
