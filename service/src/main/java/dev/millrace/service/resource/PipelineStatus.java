package dev.millrace.service.resource;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.millrace.pipeline.declaration.Doc;
import java.util.List;
import java.util.Map;

/** What the services say of a pipeline in its resource. Absent values are null, as in the JSON that it is. */
@Doc("What the services say of the pipeline; they write it, people read it.")
record PipelineStatus(
        @Doc("How the pipeline is, in a word.") Phase phase,

        @Doc("What is wrong or still missing; empty if nothing is.")
        String message,

        @Doc("The generation that this status speaks of.") long observedGeneration,

        @Doc("The latest generation without a mistake: what runs.")
        Long lastGoodGeneration,

        @Doc("The spec of that generation as JSON, for replicas that start after a mistake was made.")
        String lastGoodSpec,

        @Doc("Events that ingest took per second, all replicas together.")
        double eventsPerSecond,

        @Doc("Records that wait before a stage, all stages together.")
        long lag,

        @Doc("Records that the stages refused since their replicas started, all together.")
        long rejected,

        @Doc("The version of the model that scores the events.")
        String modelVersion,

        @Doc("Each stage by itself.") Map<String, StageStatus> stages,

        @Doc("Valid: the spec has no mistake. Ready: every stage works on it.")
        List<Condition> conditions) {

    /** How a pipeline is, in a word. */
    enum Phase {
        @Doc("Not every stage has taken it up yet.")
        @JsonProperty("Pending")
        PENDING,
        @Doc("Every stage works on it.")
        @JsonProperty("Running")
        RUNNING,
        @Doc("Its spec has a mistake; the last good one, if any, goes on.")
        @JsonProperty("Invalid")
        INVALID,
        @Doc("It was taken up, and a stage does not get on or is silent.")
        @JsonProperty("Degraded")
        DEGRADED
    }

    /** One stage, all replicas of its service together. */
    record StageStatus(
            @Doc("Whether it works on the pipeline.") boolean running,

            @Doc("The generation that it works on.") Long generation,

            @Doc("Why it does not get on, if it does not.") String message,

            @Doc("Events that went on per second.") double eventsPerSecond,

            @Doc("Records that wait before it.") long lag,

            @Doc("Records that it refused since its replicas started.")
            long rejected,

            @Doc("The version of the model that it scores with.")
            String modelVersion,

            @Doc("Replicas that told these figures lately.") int replicas,

            @Doc("The replica that wrote this.") String leader,

            @Doc("When it was written.") String updatedAt) {}

    /** A condition as Kubernetes has them. */
    record Condition(
            @Doc("Valid or Ready.") String type,

            @Doc("True, False or Unknown.") String status,

            @Doc("Why, in a word.") String reason,

            @Doc("Why, in a sentence or more.") String message,

            @Doc("When its status changed last.") String lastTransitionTime,

            @Doc("The generation that it speaks of.") long observedGeneration) {}
}
