package dev.millrace.model.drift;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Map;

/**
 * How a version's features and scores were distributed when it was trained and tested. Immutable.
 *
 * @param features by the features' names
 * @param score the scores of its test
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Reference(Map<String, Distribution> features, Distribution score) {
    public Reference {
        features = features == null ? Map.of() : Map.copyOf(features);
    }
}
