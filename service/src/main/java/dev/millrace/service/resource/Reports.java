package dev.millrace.service.resource;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** How the replicas of a service tell each other their figures. One thread. */
interface Reports extends AutoCloseable {
    /** Replicas that tell each other nothing. */
    Reports SILENT = new Reports() {
        @Override
        public void publish(Map<String, Figures> own) {}

        @Override
        public Collection<Map<String, Figures>> others() {
            return List.of();
        }
    };

    /** Tells the others this replica's figures, by pipeline. */
    void publish(Map<String, Figures> own);

    /** What each other replica told lately. */
    Collection<Map<String, Figures>> others();

    @Override
    default void close() {}
}
