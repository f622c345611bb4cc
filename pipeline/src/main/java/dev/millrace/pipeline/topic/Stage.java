package dev.millrace.pipeline.topic;

import java.util.Locale;

/** The stages of a pipeline in the order of the flow; also the value of the {@code stage} label of every metric. */
public enum Stage {
    INGEST,
    TRANSFORM,
    MODEL,
    LOAD;

    /** The name in labels, logs and rejections: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
