package dev.millrace.pipeline.declaration;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A pipeline as its author declares it. */
@Doc("A Millrace pipeline: what one event is, where events come from, what is done to them and where they go.")
public record PipelineDeclaration(
        @Doc(value = "The version of this format.", example = API_VERSION, pattern = "millrace\\.dev/v1alpha1")
        String apiVersion,

        @Doc(value = "Always Pipeline.", example = KIND, pattern = "Pipeline")
        String kind,

        @Doc("The pipeline's name.") Metadata metadata,

        @Doc("The pipeline itself.") Spec spec) {
    public static final String API_VERSION = "millrace.dev/v1alpha1";
    public static final String KIND = "Pipeline";

    /** What identifies the pipeline. */
    public record Metadata(
            @Doc(
                    value = "Lower case letters, digits and hyphens; part of the names of topics, metrics and URLs.",
                    example = "card-fraud",
                    pattern = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
            String name,

            @Doc(
                    value = "Free labels for people and tools; Millrace does not read them.",
                    example = "{ team: payments }")
            Map<String, String> labels) {}

    /** The pipeline itself. */
    public record Spec(
            @Doc("What one event is.") EventDeclaration event,

            @Doc(
                    value = "Where events come from. Without any, events are taken over HTTP.",
                    example = "[{ http: {} }, { file: { path: \"card-fraud/*.csv\" } }]")
            List<SourceDeclaration> sources,

            @Doc("Checks that every event has to pass, in order.")
            List<QualityRule> quality,

            @Doc("What is done to events that passed, in order.")
            List<StepDeclaration> transform,

            @Doc(
                    value = "Labels that come later than the events, by name; windows count them.",
                    example = "{ chargebacks: {} }",
                    keys = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
            Map<String, LabelDeclaration> labels,

            @Doc("What steps remember of events, as a whole: rolling features, ids that came before.")
            Optional<StateDeclaration> state,

            @Doc("The model that scores clean events. Without one, they go to the sinks unscored.")
            Optional<ModelReference> model,

            @Doc("Where events end up.") List<SinkDeclaration> sinks) {

        /** The field whose value decides who is the canary's; nothing where there is no canary, or no such field. */
        public Optional<String> canaryKey() {
            return model.flatMap(ModelReference::canary)
                    .flatMap(canary -> canary.by().or(event::key));
        }
    }
}
