package dev.millrace.rehearsal;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A version that was trained from the warehouse, as the registry describes it.
 *
 * @param version its name
 * @param kind how it was learned, for instance {@code boosted_trees}
 * @param validated its average precision on validation weeks
 * @param threshold the least score that raises an alarm
 */
record Trained(String version, String kind, double validated, double threshold) {
    static Trained of(JsonNode described) {
        return new Trained(
                described.path("version").asText(),
                described.at("/training/kind").asText(),
                described.at("/metrics/average_precision").asDouble(),
                described.path("threshold").asDouble(1));
    }
}
