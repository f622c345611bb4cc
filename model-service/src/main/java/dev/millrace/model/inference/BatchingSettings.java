package dev.millrace.model.inference;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How requests for one model that come at once are run together. */
@ConfigMapping(prefix = "millrace.batching")
public interface BatchingSettings {
    /** The most rows that requests are put together to; a larger request is run alone. */
    @WithDefault("256")
    int maxRows();

    /** How many requests may wait for one model; one beyond that is answered with 503. */
    @WithDefault("512")
    int queue();

    /**
     * How many calls of one model may be under way at once. A request is run at once while there are fewer; those that come
     * meanwhile are run together. 0: as many as there are processors.
     */
    @WithDefault("0")
    int parallel();
}
