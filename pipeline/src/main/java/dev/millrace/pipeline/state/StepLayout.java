package dev.millrace.pipeline.state;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.window.Function;
import dev.millrace.pipeline.window.WindowShape;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What one step keeps, and of what. Each kind is read back from JSON by its name. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = StepLayout.Deduplicate.class, name = "deduplicate"),
    @JsonSubTypes.Type(value = StepLayout.Window.class, name = "window")
})
public sealed interface StepLayout {
    /** The step's name, by which its stores are called. */
    String name();

    /** The fields that make its key; none for the event's id. */
    List<Made> by();

    /** By what, in digests, its state is spread over the partitions. */
    List<String> placed();

    /** The fields of events on their way to it; none where they come without a topic between. */
    List<Carried> carried();

    /**
     * A field as events carry it between steps.
     *
     * @param required whether none comes without it
     */
    record Carried(String field, FieldType type, boolean required) {}

    /**
     * What a deduplication keeps.
     *
     * @param within how long an event is remembered, in microseconds
     * @param content the fields whose values tell two events of an id from each other; none where it does not go by id
     */
    record Deduplicate(
            String name, List<Made> by, List<String> placed, List<Carried> carried, long within, List<Made> content)
            implements StepLayout {}

    /**
     * What a window keeps.
     *
     * @param precision how finely times are told apart, in microseconds
     * @param chunk how long the stretch of time is that is stored at once, in microseconds
     * @param places over how many places of a key its chunks go round; 0 where each has a place of its own
     * @param kept how far behind a key's newest event everything is kept, in microseconds
     * @param lateness how far behind it an event was still counted, in microseconds
     * @param labels the labels that are counted; empty for none
     * @param unlabelled what an event counts for as long as no label has come
     * @param cells what a bucket has, in its order
     */
    record Window(
            String name,
            List<Made> by,
            List<String> placed,
            List<Carried> carried,
            long precision,
            long chunk,
            long places,
            long kept,
            long lateness,
            String labels,
            double unlabelled,
            List<Cell> cells)
            implements StepLayout {
        /** How it is stored. */
        WindowShape shape() {
            return new WindowShape(
                    precision,
                    chunk,
                    places,
                    cells.stream()
                            .map(cell -> new WindowShape.Cell(cell.feature(), cell.function(), cell.type()))
                            .toList());
        }
    }

    /**
     * What a bucket has for one feature.
     *
     * @param feature the feature's name; empty where nothing is added any more
     * @param function its function
     * @param type the type of what it is taken of
     * @param argument the expression that it is taken of; empty for a count
     * @param condition the expression that says which events count; empty for all
     * @param reads how the fields are made that both read, by their names
     */
    record Cell(
            String feature,
            Function function,
            FieldType type,
            String argument,
            String condition,
            Map<String, String> reads) {
        /** Whether both add up the same. A quantile's rank is only asked of what was added up. */
        boolean holds(Cell other) {
            return isSaidAs(other) && reads.equals(other.reads);
        }

        boolean isSaidAs(Cell other) {
            return function == other.function
                    && type == other.type
                    && argument.equals(other.argument)
                    && condition.equals(other.condition);
        }

        boolean isLive() {
            return !feature.isEmpty();
        }

        Cell called(String name) {
            return new Cell(name, function, type, argument, condition, reads);
        }

        /** As its author wrote it. */
        String text() {
            String value = function.name().toLowerCase(Locale.ROOT) + "(" + argument + ")";
            return condition.isEmpty() ? value : value + " where " + condition;
        }
    }
}
