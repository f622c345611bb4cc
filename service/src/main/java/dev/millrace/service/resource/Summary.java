package dev.millrace.service.resource;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.pipeline.declaration.PipelineDeclaration;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.resource.PipelineStatus.Condition;
import dev.millrace.service.resource.PipelineStatus.Phase;
import dev.millrace.service.resource.PipelineStatus.StageStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/**
 * What the stages' parts come to. Whichever service's leader writes, it sums up from what all have written, so that none
 * of them must be there for the others' sake.
 */
final class Summary {
    private final Verdict verdict;
    private final JsonNode before;
    private final Map<String, StageStatus> stages;
    private final Instant now;
    private final Duration silence;

    /**
     * The summary of these stages.
     *
     * @param silence how long a stage may say nothing
     */
    Summary(Verdict verdict, Map<String, StageStatus> stages, Instant now, Duration silence) {
        this.verdict = verdict;
        this.before = verdict.status();
        this.stages = new TreeMap<>(stages);
        this.stages.keySet().removeIf(stage -> !isNeeded(stage));
        this.now = now;
        this.silence = silence;
    }

    /** Whether that stage has a part in the pipeline; without anything to run, each may speak. */
    boolean isNeeded(String stage) {
        return verdict.good().isEmpty() || needed().contains(stage);
    }

    PipelineStatus status() {
        List<String> missing = missing();
        List<String> troubles = troubles();
        String waits = String.join("; ", missing.isEmpty() ? troubles : missing);
        Phase phase = verdict.mistake().isPresent() ? Phase.INVALID : phase(missing, troubles);
        String ready = missing.isEmpty() && troubles.isEmpty() && verdict.good().isPresent() ? "True" : "False";
        return new PipelineStatus(
                phase,
                verdict.mistake().orElse(waits),
                verdict.generation(),
                verdict.good().map(Verdict.Good::generation).orElse(null),
                verdict.good().map(Verdict.Good::spec).orElse(null),
                stages.containsKey("ingest") ? stages.get("ingest").eventsPerSecond() : 0,
                stages.values().stream().mapToLong(StageStatus::lag).sum(),
                stages.values().stream().mapToLong(StageStatus::rejected).sum(),
                stages.containsKey("model") ? stages.get("model").modelVersion() : null,
                stages,
                List.of(
                        condition(
                                "Valid",
                                verdict.mistake().isPresent() ? "False" : "True",
                                verdict.mistake().isPresent() ? "Mistake" : "Accepted",
                                verdict.mistake().orElse("")),
                        condition("Ready", ready, ready.equals("True") ? "Running" : readyReason(phase), waits)));
    }

    private static Phase phase(List<String> missing, List<String> troubles) {
        if (!missing.isEmpty()) {
            return Phase.PENDING;
        }
        return troubles.isEmpty() ? Phase.RUNNING : Phase.DEGRADED;
    }

    private String readyReason(Phase phase) {
        return verdict.good().isEmpty() ? "NothingToRun" : phase == Phase.DEGRADED ? "Degraded" : "Waiting";
    }

    /** The stages that have not taken up what is to run. */
    private List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (String stage : needed()) {
            StageStatus status = stages.get(stage);
            if (status == null) {
                missing.add(stage + " has not taken it up yet");
            } else if (isOld(status)) {
                missing.add(stage + " still works on generation " + status.generation());
            } else if (!status.running()) {
                missing.add(stage + (status.message() == null ? " does not run it yet" : ": " + status.message()));
            }
        }
        return missing;
    }

    private boolean isOld(StageStatus status) {
        return status.running()
                && verdict.good()
                        .filter(good -> status.generation() == null || status.generation() < good.generation())
                        .isPresent();
    }

    private List<String> troubles() {
        List<String> troubles = new ArrayList<>();
        for (String stage : needed()) {
            StageStatus status = stages.get(stage);
            if (status == null || !status.running()) {
                continue;
            }
            if (Instant.parse(status.updatedAt()).plus(silence).isBefore(now)) {
                troubles.add(stage + " has said nothing since " + status.updatedAt());
            } else if (status.message() != null) {
                troubles.add(stage + " " + status.message());
            }
        }
        return troubles;
    }

    private List<String> needed() {
        if (verdict.good().isEmpty()) {
            return List.of();
        }
        PipelineDeclaration.Spec spec =
                verdict.good().get().pipeline().declaration().spec();
        List<String> needed = new ArrayList<>(List.of(Stage.INGEST.label(), Stage.TRANSFORM.label()));
        if (spec.model().isPresent()) {
            needed.add(Stage.MODEL.label());
        }
        if (!spec.sinks().isEmpty()) {
            needed.add(Stage.LOAD.label());
        }
        return needed;
    }

    private Condition condition(String type, String status, String reason, String message) {
        JsonNode last = StreamSupport.stream(before.path("conditions").spliterator(), false)
                .filter(condition -> condition.path("type").asText().equals(type))
                .filter(condition -> condition.path("status").asText().equals(status))
                .findFirst()
                .orElse(null);
        String since = last == null
                ? now.truncatedTo(ChronoUnit.SECONDS).toString()
                : last.path("lastTransitionTime").asText();
        return new Condition(type, status, reason, message, since, verdict.generation());
    }
}
