package dev.millrace.training.sample;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.transform.Outcome;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.pipeline.window.Windowed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sends events through a pipeline's own transform in the order of their acceptance, with the state of each key in memory:
 * what comes out is what the stream gives. A label becomes known some time after its event, and windows count it from then
 * on. One thread.
 */
public final class Replay {
    private final Pipeline pipeline;
    private final String labels;
    private final Duration labelDelay;
    private final Map<Integer, Map<String, KeyState>> states = new HashMap<>();
    private final Deque<Due> due = new ArrayDeque<>();

    /**
     * @param pipeline the pipeline
     * @param labels the name of the labels
     * @param labelDelay how long after an event its label is known
     */
    public Replay(Pipeline pipeline, String labels, Duration labelDelay) {
        this.pipeline = pipeline;
        this.labels = labels;
        this.labelDelay = labelDelay;
    }

    private record Due(Instant at, Instant eventTime, WindowStep step, KeyState state) {}

    /** The clean row of an event; empty if the pipeline refuses it or leaves it out. */
    public Optional<Row> send(byte[] json, boolean positive) {
        if (!(pipeline.eventReader().read(json) instanceof Reading.Read read)) {
            return Optional.empty();
        }
        try {
            Outcome outcome = pipeline.transform().enter(read.row(), (check, passed) -> {});
            while (outcome instanceof Outcome.At at) {
                outcome = pipeline.transform().proceed(keyed(at, positive), at.step() + 1);
            }
            return outcome instanceof Outcome.Clean clean ? Optional.of(clean.row()) : Optional.empty();
        } catch (EvaluationException e) {
            return Optional.empty();
        }
    }

    private Row keyed(Outcome.At at, boolean positive) throws EvaluationException {
        if (!(pipeline.transform().keyedStep(at.step()) instanceof WindowStep step)) {
            // A file has each event once.
            return at.row();
        }
        String key = step.key(at.row());
        if (key == null) {
            return step.without(at.row());
        }
        Instant time = pipeline.time(at.row());
        learnUntil(time);
        KeyState state = states.computeIfAbsent(at.step(), place -> new HashMap<>())
                .computeIfAbsent(key, unknown -> new KeyState(step.plan()));
        Windowed windowed = step.plan().add(at.row(), time, state);
        if (windowed.late()) {
            return step.late(at.row());
        }
        if (positive && step.plan().readsLabel() && step.labels().equals(Optional.of(labels))) {
            due.add(new Due(time.plus(labelDelay), time, step, state));
        }
        return step.with(at.row(), windowed.features());
    }

    private void learnUntil(Instant now) throws EvaluationException {
        while (!due.isEmpty() && !due.peek().at().isAfter(now)) {
            Due label = due.poll();
            label.step().plan().label(label.eventTime(), label.step().plan().unlabelled(), 1, label.state());
        }
    }
}
