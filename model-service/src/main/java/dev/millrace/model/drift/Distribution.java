package dev.millrace.model.drift;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * How the values of a feature, or a model's scores, were distributed when it was trained: a histogram. A bin reaches from
 * above its lower edge up to and with its upper one; the first and the last are open. Immutable.
 *
 * @param edges the edges between the bins, rising
 * @param shares of the values that were not missing, the share in each bin; one more than edges
 * @param missing of all values, the share that was missing
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Distribution(List<Double> edges, List<Double> shares, double missing) {
    /** @throws IllegalArgumentException if it is no histogram */
    public Distribution {
        edges = edges == null ? List.of() : List.copyOf(edges);
        shares = shares == null ? List.of() : List.copyOf(shares);
        if (shares.size() != edges.size() + 1) {
            throw new IllegalArgumentException("a reference distribution has one share more than edges, not "
                    + shares.size() + " and " + edges.size());
        }
    }

    /** How many bins. */
    int bins() {
        return shares.size();
    }
}
