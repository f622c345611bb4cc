package dev.millrace.load.audit;

import dev.millrace.load.ledger.Point;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.pipeline.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What has to balance at one stage.
 *
 * @param stage the stage
 * @param input the topic it reads
 * @param in where what went in is counted
 * @param between the topics, in the order of the flow, by way of which events may come to the stage's later steps
 * @param outputs the topics it writes that have to be read before it is judged
 * @param out where what came out is counted, all of it together
 */
record StageAudit(Stage stage, String input, Point in, List<String> between, Set<String> outputs, List<Point> out) {
    /** The stages of a pipeline behind ingest, in the order of the flow. */
    static List<StageAudit> of(Pipeline pipeline) {
        Topics topics = pipeline.topics();
        boolean scored = pipeline.isScored();
        List<StageAudit> stages = new ArrayList<>();
        stages.add(transform(pipeline));
        if (scored) {
            stages.add(new StageAudit(
                    Stage.MODEL,
                    topics.clean(),
                    Point.CLEAN,
                    List.of(),
                    Set.of(topics.scored(), topics.rejected()),
                    List.of(Point.SCORED, Point.REJECTED_BY_MODEL)));
        }
        stages.add(new StageAudit(
                Stage.LOAD,
                pipeline.topicToLoad(),
                scored ? Point.SCORED : Point.CLEAN,
                List.of(),
                Set.of(topics.rejected()),
                List.of(Point.ROWS, Point.DUPLICATES, Point.REJECTED_BY_LOAD)));
        return stages;
    }

    private static StageAudit transform(Pipeline pipeline) {
        Topics topics = pipeline.topics();
        // Also where no step leaves anything out any more: those that an earlier declaration left out stay counted.
        return new StageAudit(
                Stage.TRANSFORM,
                topics.raw(),
                Point.RAW,
                between(pipeline),
                Set.of(topics.clean(), topics.rejected(), topics.leftOut()),
                List.of(Point.CLEAN, Point.REJECTED_BY_TRANSFORM, Point.LEFT_OUT));
    }

    /** By the names that Kafka Streams gives them; one exists only where a step's events are not together already. */
    private static List<String> between(Pipeline pipeline) {
        return pipeline.transform().keyedSteps().stream()
                .map(place -> pipeline.transform().keyedStep(place).name())
                .map(step -> pipeline.topics().transform(pipeline.stateVersion()) + "-" + step + "-repartition")
                .toList();
    }

    /** What went in and did not come out; negative if more came out. */
    long unaccounted(Map<Point, Long> records) {
        long accounted =
                out.stream().mapToLong(point -> records.getOrDefault(point, 0L)).sum();
        return records.getOrDefault(in, 0L) - accounted;
    }
}
