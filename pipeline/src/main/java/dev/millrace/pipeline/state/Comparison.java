package dev.millrace.pipeline.state;

import dev.millrace.pipeline.state.StepLayout.Carried;
import dev.millrace.pipeline.state.StepLayout.Cell;
import dev.millrace.pipeline.window.Span;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares what a declaration needs with the state that is there, and says all that differs. One use. */
final class Comparison {
    private final StateLayout state;
    private final StateLayout needed;
    private final List<String> refusals = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final List<StepLayout> kept = new ArrayList<>();

    Comparison(StateLayout state, StateLayout needed) {
        this.state = state;
        this.needed = needed;
    }

    Change change() {
        identity(
                "event.id", state.id(), needed.id(), "the warehouse and everything that was sent on know events by it");
        identity("event.key", state.key(), needed.key(), "the events in raw are spread over the partitions by it");
        partitions();
        if (!refusals.isEmpty()) {
            return new Change.Refused(List.copyOf(refusals));
        }
        time();
        for (StepLayout step : needed.steps()) {
            state.step(step.name())
                    .ifPresentOrElse(
                            stored -> step(stored, step),
                            () -> reasons.add("step " + step.name() + ": it is new, and knows nothing of the events"
                                    + " that were there before it"));
        }
        state.steps().stream()
                .filter(step -> needed.step(step.name()).isEmpty())
                .forEach(this::dropped);
        if (!reasons.isEmpty()) {
            return new Change.NeedsNewState(List.copyOf(reasons));
        }
        int partitions = needed.partitions() == 0 ? state.partitions() : needed.partitions();
        return new Change.Compatible(
                new StateLayout(partitions, needed.id(), needed.key(), needed.time(), kept), List.copyOf(remarks));
    }

    private void identity(String role, Made before, Made now, String why) {
        if (before.equals(now)) {
            return;
        }
        String differs = before.field().equals(now.field())
                ? role + ": '" + now.field() + "' has another type or time zone"
                : role + ": it was " + named(before, role) + " and is " + named(now, role) + " now";
        refusals.add(differs + ", and " + why + "; declare a pipeline of another name, or leave it as it was");
    }

    private static String named(Made field, String role) {
        if (!field.field().isEmpty()) {
            return "'" + field.field() + "'";
        }
        return role.equals("event.id") ? "made of the event's place" : "the event's id";
    }

    private void partitions() {
        boolean known = state.partitions() > 0 && needed.partitions() > 0;
        boolean stateful = !state.steps().isEmpty() || !needed.steps().isEmpty();
        if (known && stateful && state.partitions() != needed.partitions()) {
            refusals.add("the topic raw has " + needed.partitions() + " partitions, and had " + state.partitions()
                    + " when the state was built: the events of a key are no longer in one of them; declare a pipeline"
                    + " of another name, and send its events again");
        }
    }

    private void time() {
        boolean stateful = !state.steps().isEmpty() && !needed.steps().isEmpty();
        if (stateful && !state.time().equals(needed.time())) {
            reasons.add(
                    state.time().field().equals(needed.time().field())
                            ? "event.time: '" + needed.time().field()
                                    + "' is in another time zone, so that the events in the state are at other times"
                            : "event.time: it was '" + state.time().field() + "' and is '"
                                    + needed.time().field() + "' now; the state has events by their times");
        }
    }

    private void step(StepLayout stored, StepLayout step) {
        int before = reasons.size();
        key(stored, step);
        onTheWay(stored, step);
        StepLayout goesOn = step;
        if (stored instanceof StepLayout.Window one && step instanceof StepLayout.Window other) {
            goesOn = window(one, other);
        } else if (stored instanceof StepLayout.Deduplicate one && step instanceof StepLayout.Deduplicate other) {
            deduplicate(one, other);
        }
        if (reasons.size() == before) {
            kept.add(goesOn);
        }
    }

    private void key(StepLayout stored, StepLayout step) {
        if (!stored.by().equals(step.by())) {
            boolean sameNames = fields(stored).equals(fields(step));
            reason(
                    step,
                    sameNames
                            ? "its key " + fields(step)
                                    + " is made in another way than before (declared, derived, cast or"
                                    + " tokenized otherwise)"
                            : "its key was " + fields(stored) + " and is " + fields(step) + " now");
        } else if (!stored.placed().equals(step.placed())) {
            reason(step, "its events come by other partitions than before, because of the steps before it");
        }
    }

    private static String fields(StepLayout step) {
        return step.by().isEmpty()
                ? "the event's id"
                : step.by().stream().map(Made::field).collect(Collectors.joining(", "));
    }

    /** At the moment of the change, events stand in the topic between two steps as the old declaration wrote them. */
    private void onTheWay(StepLayout stored, StepLayout step) {
        if (stored.carried().isEmpty()) {
            return;
        }
        if (step.carried().isEmpty()) {
            reason(step, "events came to it by a topic and do so no more; what is in that topic would be lost");
            return;
        }
        Map<String, Carried> before =
                stored.carried().stream().collect(Collectors.toMap(Carried::field, field -> field));
        List<String> unreadable = new ArrayList<>();
        Set<String> missing = new TreeSet<>();
        for (Carried field : step.carried()) {
            Carried old = before.get(field.field());
            boolean readable = old == null
                    ? !field.required()
                    : old.type() == field.type() && (old.required() || !field.required());
            if (!readable) {
                unreadable.add(field.field());
            } else if (old == null) {
                missing.add(field.field());
            }
        }
        if (!unreadable.isEmpty()) {
            reason(
                    step,
                    "events that are on their way to it could not be read: they have not the "
                            + String.join(", ", unreadable) + " that is required or of another type now");
        }
        if (!missing.isEmpty()) {
            remarks.add("step " + step.name() + ": events that are on their way to it at that moment go on without "
                    + String.join(", ", missing));
        }
    }

    private void dropped(StepLayout step) {
        if (!step.carried().isEmpty()) {
            reasons.add("step " + step.name()
                    + ": events came to it by a topic; without the step, those that are in it would be lost");
        } else {
            remarks.add("step " + step.name() + ": its state is left as it is, and is read by nobody; to have the step"
                    + " back takes a new state version");
        }
    }

    private void deduplicate(StepLayout.Deduplicate stored, StepLayout.Deduplicate step) {
        if (step.within() > stored.within()) {
            reason(
                    step,
                    "an event was remembered for " + text(stored.within()) + " and is to be for " + text(step.within())
                            + " now; what was forgotten is not known any more");
        }
        if (!stored.content().equals(step.content())) {
            Set<Made> differing = new HashSet<>(step.content());
            differing.addAll(stored.content());
            differing.removeIf(
                    field -> stored.content().contains(field) && step.content().contains(field));
            String names =
                    differing.stream().map(Made::field).distinct().sorted().collect(Collectors.joining(", "));
            remarks.add("step " + step.name()
                    + ": an event tells itself from another of its id by the fields that come to"
                    + " the step, and " + (names.isEmpty() ? "their order" : names) + " changed; one that came before"
                    + " the change and is sent again after it is rejected as duplicate_id in place of left out");
        }
    }

    private StepLayout window(StepLayout.Window stored, StepLayout.Window step) {
        if (stored.precision() != step.precision()) {
            reason(
                    step,
                    "its precision was " + text(stored.precision()) + " and is " + text(step.precision())
                            + " now; with precision: " + text(stored.precision()) + " it would be as before");
        }
        if (step.kept() > stored.kept()) {
            reason(
                    step,
                    "it needs events of the last " + text(step.kept()) + " (its longest window, delay and"
                            + " allowed_lateness together) and has those of " + text(stored.kept()));
        }
        if (!stored.labels().equals(step.labels())) {
            reason(
                    step,
                    step.labels().isEmpty()
                            ? "it counted the labels " + stored.labels() + " and counts none now"
                            : "it counts the labels " + step.labels() + " now, and "
                                    + (stored.labels().isEmpty() ? "counted none" : "counted " + stored.labels())
                                    + " before");
        } else if (stored.unlabelled() != step.unlabelled()) {
            reason(
                    step,
                    "an event without a label counted for " + stored.unlabelled() + " and counts for "
                            + step.unlabelled() + " now");
        }
        if (step.lateness() > stored.lateness()) {
            remarks.add("step " + step.name() + ": events that came later than " + text(stored.lateness())
                    + " before the change stay uncounted");
        }
        return new StepLayout.Window(
                step.name(),
                step.by(),
                step.placed(),
                step.carried(),
                stored.precision(),
                stored.chunk(),
                stored.places(),
                step.kept(),
                step.lateness(),
                step.labels(),
                step.unlabelled(),
                cells(stored, step));
    }

    /** The cells that are stored, called by the features that are told from them now; no name where there is none. */
    private List<Cell> cells(StepLayout.Window stored, StepLayout.Window step) {
        List<Cell> cells = new ArrayList<>(
                stored.cells().stream().map(cell -> cell.called("")).toList());
        List<Cell> open = new ArrayList<>();
        for (Cell feature : step.cells()) {
            if (!take(cells, stored, feature, true)) {
                open.add(feature);
            }
        }
        for (Cell feature : open) {
            if (!take(cells, stored, feature, false)) {
                missing(stored, step, feature);
            }
        }
        return cells;
    }

    /** A feature takes the cell of its own name before that of another. */
    private static boolean take(List<Cell> cells, StepLayout.Window stored, Cell feature, boolean own) {
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = stored.cells().get(i);
            boolean free = !cells.get(i).isLive() && cell.isLive();
            if (free && cell.holds(feature) && (!own || cell.feature().equals(feature.feature()))) {
                cells.set(i, cell.called(feature.feature()));
                return true;
            }
        }
        return false;
    }

    private void missing(StepLayout.Window stored, StepLayout.Window step, Cell feature) {
        Optional<Cell> alike =
                stored.cells().stream().filter(cell -> cell.isSaidAs(feature)).findFirst();
        Optional<Cell> named = stored.cells().stream()
                .filter(cell -> cell.feature().equals(feature.feature()))
                .findFirst();
        String why;
        if (alike.isPresent() && !alike.get().reads().equals(feature.reads())) {
            Set<String> changed = new TreeSet<>(feature.reads().keySet());
            changed.removeIf(
                    name -> feature.reads().get(name).equals(alike.get().reads().get(name)));
            why = "it reads " + String.join(", ", changed) + ", which is made in another way than before";
        } else if (alike.isPresent() && !alike.get().isLive()) {
            why = "it was dropped before, and nothing was counted for it since";
        } else if (alike.isPresent()) {
            why = "another feature takes the state of " + feature.text() + ", which is there once";
        } else if (named.isPresent()) {
            why = "it was " + named.get().text() + " and is " + feature.text() + " now";
        } else {
            why = "it is new, and nothing was counted for " + feature.text();
        }
        reason(step, "compute " + feature.feature() + ": " + why);
    }

    private void reason(StepLayout step, String what) {
        reasons.add("step " + step.name() + ": " + what);
    }

    private static String text(long micros) {
        Duration length = Duration.of(micros, ChronoUnit.MICROS);
        return micros % 1000 == 0 ? Span.text(length) : micros == 1 ? "exact" : micros + "us";
    }
}
