package dev.millrace.transform.stream;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.KeyedStep;
import dev.millrace.pipeline.transform.WindowStep;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The topics that Kafka Streams makes for a pipeline's steps, whether or not a step needs all of them. Immutable.
 *
 * @param application the application that they are of
 * @param steps the steps' names, in their order
 * @param labelled the names of those that count labels
 */
record InnerTopics(String application, List<String> steps, List<String> labelled) {
    static InnerTopics of(Pipeline pipeline) {
        List<String> steps = new ArrayList<>();
        List<String> labelled = new ArrayList<>();
        for (int place : pipeline.transform().keyedSteps()) {
            KeyedStep step = pipeline.transform().keyedStep(place);
            steps.add(step.name());
            if (step instanceof WindowStep window && window.labels().isPresent()) {
                labelled.add(step.name());
            }
        }
        return new InnerTopics(StreamsProperties.application(pipeline), steps, labelled);
    }

    /** By which events come to a step. */
    String to(String step) {
        return application + "-" + step + "-repartition";
    }

    /** What has to wait for its turn before a step. */
    String waitingFor(String step) {
        return application + "-" + step + "-waiting-changelog";
    }

    /** All of them. */
    Stream<String> all() {
        Stream<String> between = Stream.concat(
                steps.stream(), labelled.stream().flatMap(step -> Stream.of(step + "-ids", step + "-by-key")));
        Stream<String> stores = Stream.concat(
                steps.stream().flatMap(step -> Stream.of(step, step + "-waiting")),
                labelled.stream()
                        .flatMap(step ->
                                Stream.of(step + "-labelled", step + "-labelled-waiting", step + "-uncounted")));
        return Stream.concat(
                between.map(name -> application + "-" + name + "-repartition"),
                stores.map(name -> application + "-" + name + "-changelog"));
    }
}
