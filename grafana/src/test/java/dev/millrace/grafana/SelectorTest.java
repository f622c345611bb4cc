package dev.millrace.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class SelectorTest {
    @Test
    void finds_metrics_with_their_matchers_range_and_function() {
        Selector selector = Selector.of("sum by (job, le) (rate(a_bucket{job=~\"x|y\",uri!=\"/{p}\"}[5m])) > 1e3")
                .get(0);

        assertThat(selector.metric()).isEqualTo("a_bucket");
        assertThat(selector.range()).isEqualTo("5m");
        assertThat(selector.call()).isEqualTo("rate");
        assertThat(selector.groupedBy()).isEqualTo(Set.of("job", "le"));
        assertThat(selector.match("uri").orElseThrow().value()).isEqualTo("/{p}");
    }

    @Test
    void takes_no_function_keyword_or_label_for_a_metric() {
        assertThat(
                        Selector.of(
                                "max without (w) (a:b{x=\"1\"}) and on (n) c offset 5m unless ignoring (z) group_left () d or vector(0)"))
                .extracting(Selector::metric)
                .containsExactly("a:b", "c", "d");
    }

    @Test
    void complains_of_brackets_that_do_not_match() {
        assertThatThrownBy(() -> Selector.of("sum(rate(a[5m])")).hasMessageContaining("brackets");
    }
}
