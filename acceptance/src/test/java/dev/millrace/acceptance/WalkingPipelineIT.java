package dev.millrace.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.stack.Stack;
import dev.millrace.pipeline.rejection.Rejection;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WalkingPipelineIT {
    /** {@link KilledProcessesIT} asserts the same of the same events, with kills on their way. */
    @Test
    @Tag("long")
    void every_generated_transaction_is_a_row_or_a_rejection() throws Exception {
        everyOneArrives("walk-generated", Purchases.generated());
    }

    @Test
    void every_real_transaction_is_a_row_or_a_rejection() throws Exception {
        everyOneArrives("walk-real", Purchases.real());
    }

    private static void everyOneArrives(String name, Purchases purchases) throws Exception {
        try (Stack stack = Stacks.start(name);
                Feeder feeder = new Feeder(stack, purchases)) {
            feeder.feed(0, purchases.all().size());
            Outcome outcome = new Outcome(stack, purchases);
            outcome.await();
            outcome.assertExact();
            Set<String> once = new HashSet<>();
            assertThat(outcome.rejections()).extracting(Rejection::eventId).allMatch(once::add);
        }
    }
}
