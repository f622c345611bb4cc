package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.window.KeyState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Completes an event as the stream would, without being in the stream: by the pipeline's own steps, with what the windows
 * and the references hold at that moment. Nothing is changed, checks are not made, nothing is left out, and a field that
 * can not be told is missing. Only what the fields asked for come from is computed. Immutable and thread-safe.
 */
public final class Completion {
    private final Schema first;
    private final Schema clean;
    private final List<Step> steps;
    /** Of each step, whether what is asked for comes from it. */
    private final boolean[] needed;

    private final Set<String> eventFields;
    private final Set<String> given;
    /** Whether windows count the event itself. */
    private final boolean counting;

    private Completion(
            Schema first,
            List<Step> steps,
            boolean[] needed,
            Set<String> eventFields,
            Collection<String> given,
            boolean counting) {
        this.first = first;
        this.clean = steps.get(steps.size() - 1).output();
        this.steps = steps;
        this.needed = needed;
        this.eventFields = eventFields;
        this.given = Set.copyOf(given);
        this.counting = counting;
    }

    /** Of these steps, to tell those of the clean fields that are not given. */
    static Completion of(Schema first, List<Step> steps, Collection<String> fields, Collection<String> given) {
        Set<String> wanted = new LinkedHashSet<>(fields);
        wanted.removeAll(given);
        boolean[] needed = new boolean[steps.size()];
        for (int i = steps.size() - 1; i >= 0; i--) {
            Step step = steps.get(i);
            List<String> added = Lineage.added(step);
            needed[i] = added.stream().anyMatch(wanted::contains) || Lineage.changes(step, wanted);
            wanted = Lineage.before(step, wanted);
            wanted.removeAll(given);
        }
        return new Completion(first, steps, needed, wanted, given, true);
    }

    /** The same, but windows tell what they hold without the event: what is asked about is a key, and nothing happened. */
    public Completion ofKeys() {
        return new Completion(first, steps, needed, eventFields, given, false);
    }

    /** The event's own fields that have to be known, the time for windows apart. */
    public Set<String> eventFields() {
        return eventFields;
    }

    /** The windows that are asked. */
    public List<WindowStep> windows() {
        return needed(WindowStep.class).toList();
    }

    /** The references that rows are looked for in. */
    public List<ReferenceShape> references() {
        return needed(LookupStep.class).map(LookupStep::shape).distinct().toList();
    }

    /** The names of the secrets that tokens are made with. */
    public Set<String> secrets() {
        return needed(TokenizeStep.class).map(TokenizeStep::secret).collect(Collectors.toSet());
    }

    private <S extends Step> Stream<S> needed(Class<S> kind) {
        return IntStream.range(0, steps.size())
                .filter(i -> needed[i])
                .mapToObj(steps::get)
                .filter(kind::isInstance)
                .map(kind::cast);
    }

    /**
     * The clean row.
     *
     * @param event of the event's own schema
     * @param at when it happened; nothing where that is not known, and no window then holds anything
     * @param values the given fields' values
     */
    public Row complete(Row event, Optional<Instant> at, Map<String, Object> values, WindowStates windows) {
        Row row = new Row(first, event.valuesFor(first));
        for (int i = 0; i < steps.size(); i++) {
            row = next(i, row, at, windows);
            if (!given.isEmpty()) {
                row = overlaid(row, Lineage.added(steps.get(i)), values);
            }
        }
        return overlaid(row, given, values);
    }

    private Row next(int place, Row row, Optional<Instant> at, WindowStates windows) {
        Step step = steps.get(place);
        if (step instanceof RowStep alone) {
            return alone.applyToKnown(row);
        }
        if (!(step instanceof WindowStep window)) {
            return row;
        }
        String key = needed[place] ? window.key(row) : null;
        return key == null || at.isEmpty()
                ? window.without(row)
                : windowed(window, row, at.get(), windows.of(window, key));
    }

    private Row windowed(WindowStep window, Row row, Instant at, KeyState state) {
        if (!counting) {
            return window.with(row, window.plan().at(at, state));
        }
        try {
            return window.plan()
                    .seen(row, at, state)
                    .map(features -> window.with(row, features))
                    .orElseGet(() -> window.late(row));
        } catch (EvaluationException unknown) {
            return window.without(row);
        }
    }

    private Row overlaid(Row row, Collection<String> fields, Map<String, Object> values) {
        List<String> mine = new ArrayList<>();
        for (String field : fields) {
            if (given.contains(field)
                    && values.get(field) != null
                    && row.schema().find(field) >= 0) {
                mine.add(field);
            }
        }
        if (mine.isEmpty()) {
            return row;
        }
        Object[] all = row.valuesFor(row.schema());
        mine.forEach(field -> all[row.schema().ordinal(field)] = values.get(field));
        return new Row(row.schema(), all);
    }

    /** The fields of what it makes. */
    public Schema cleanSchema() {
        return clean;
    }
}
