package dev.millrace.pipeline.topic;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The topics of one pipeline: {@code millrace.<pipeline>.<raw|clean|scored|rejected>}, and for some steps
 * {@code left-out}, {@code features}, {@code predictions} and {@code labels.<name>}.
 *
 * @param pipeline the pipeline's name
 */
public record Topics(String pipeline) {
    private static final Pattern NAME =
            Pattern.compile("millrace\\.([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)\\.(?:raw|clean|scored|rejected"
                    + "|left-out|features|predictions|labels\\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)");

    /** Accepted events as they came. */
    public String raw() {
        return name("raw");
    }

    /** Events that passed the transform. */
    public String clean() {
        return name("clean");
    }

    /** Clean events with the model's score. */
    public String scored() {
        return name("scored");
    }

    /** Records that a stage refused, each with its reason. */
    public String rejected() {
        return name("rejected");
    }

    /** What steps left out as their author wants it, each with why, and without the event. */
    public String leftOut() {
        return name("left-out");
    }

    /** The features of each key as of its last event. */
    public String features() {
        return name("features");
    }

    /** What was predicted or listed over HTTP, and by whom in the shadow, with inputs and features. */
    public String predictions() {
        return name("predictions");
    }

    /** The labels of that name. */
    public String labels(String labels) {
        return name("labels." + labels);
    }

    /**
     * The name of the transform's Kafka Streams application, with which the names of its consumer group, its inner topics
     * and its transactions begin. No pipeline's name has a dot, so that no other pipeline's name is the same.
     *
     * @param stateVersion the name of the version of the pipeline's state; empty for none
     */
    public String transform(String stateVersion) {
        String application = "millrace-transform-" + pipeline;
        return stateVersion.isEmpty() ? application : application + "." + stateVersion;
    }

    /** What a step of that version of the state keeps, as its changelog: a record each time an entry changed. */
    public String changelog(String stateVersion, String store) {
        return transform(stateVersion) + "-" + store + "-changelog";
    }

    /** The topics that every pipeline has. */
    public List<String> all() {
        return List.of(raw(), clean(), scored(), rejected());
    }

    /** The pipeline whose topic it is, if it is one of ours. */
    public static Optional<String> pipelineOf(String topic) {
        Matcher matcher = NAME.matcher(topic);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private String name(String suffix) {
        return "millrace." + pipeline + "." + suffix;
    }
}
