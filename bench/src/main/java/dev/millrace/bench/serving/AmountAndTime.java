package dev.millrace.bench.serving;

import java.nio.file.Path;

/**
 * Card transactions with what can be told of one alone: what is measured with them is a stage, and not the windows, which
 * are measured beside Kafka Streams. The files are those that model-service is tested with.
 */
public final class AmountAndTime {
    private AmountAndTime() {}

    /** The folder of its declaration. */
    public static Path pipelines(Path home) {
        return home.resolve("model-service/src/test/resources/amount-and-time");
    }

    /** The folder of its models. */
    public static Path models(Path home) {
        return pipelines(home).resolve("models");
    }
}
