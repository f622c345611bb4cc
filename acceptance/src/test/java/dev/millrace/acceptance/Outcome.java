package dev.millrace.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.feed.Rejects;
import dev.millrace.local.stack.Stack;
import dev.millrace.pipeline.rejection.Rejection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** What became of purchases: each good one is a row, each bad one is in {@code rejected}, and nothing else is anywhere. */
record Outcome(Stack stack, Purchases purchases) {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    void await() {
        int good = purchases.good().size();
        Set<String> bad = purchases.bad();
        Awaitility.await("rows of all good transactions")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(250))
                .until(() -> new Warehouse(stack.postgres()).rows() >= good);
        Awaitility.await("rejections of all bad transactions")
                .atMost(Duration.ofSeconds(30))
                .until(() -> ids(rejections()).containsAll(bad));
    }

    void assertExact() throws SQLException {
        Warehouse warehouse = new Warehouse(stack.postgres());
        assertThat(warehouse.rows()).as("rows").isEqualTo(purchases.good().size());
        assertThat(Set.copyOf(warehouse.ids())).as("ids").isEqualTo(purchases.good());
        assertThat(warehouse.sum()).as("sum of amounts").isEqualByComparingTo(purchases.sumOfGood());
        assertThat(warehouse.unscored())
                .as("rows without a score or a dimension")
                .isZero();
        List<Rejection> rejections = rejections();
        assertThat(ids(rejections)).as("rejected ids").isEqualTo(purchases.bad());
        assertThat(rejections)
                .allSatisfy(rejection -> assertThat(rejection.reason().code()).isEqualTo("quality.amount-positive"));
    }

    List<Rejection> rejections() {
        try (Rejects rejects = new Rejects(stack.bootstrapServers(), Stacks.PIPELINE)) {
            return rejects.read();
        }
    }

    private static Set<String> ids(List<Rejection> rejections) {
        return rejections.stream().map(Rejection::eventId).collect(Collectors.toSet());
    }
}
