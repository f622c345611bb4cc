package dev.millrace.ingest.source;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.time.Duration;

/** How files are found and read. */
@ConfigMapping(prefix = "millrace")
public interface FileSettings {
    /** Folder below which the file sources' paths are. */
    @WithName("data.dir")
    @WithDefault("data")
    Path dataDir();

    /** What concerns files alone. */
    Files files();

    /** What concerns files alone. */
    interface Files {
        /** Whether this replica may read files. One replica may at a time: name it here, or let {@code millrace.leader} elect it. */
        @WithDefault("true")
        boolean enabled();

        /** How often the folders are looked at. A file is read when two looks found it at the same size. */
        @WithDefault("1s")
        Duration poll();

        /**
         * How long a file must have kept its size until a last line without an end is taken for whole, and a file that
         * can not be read for broken; whoever writes it may be in the middle of it.
         */
        @WithDefault("5s")
        Duration settle();

        /** How many records are committed at once. */
        @WithDefault("2000")
        int chunk();

        /** Names this reader to the broker: one that starts under the same name ends its predecessor's transaction. */
        @WithDefault("0")
        String instance();
    }
}
