package dev.millrace.service.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Of the check, what needs no broker and no database. */
class ReleaseCheckTest {
    @Test
    void waits_until_every_service_is_ready() throws Exception {
        try (Answers services = new Answers(1, 503)) {
            check(services, "20").run();

            assertThat(services.asked).hasSize(5).allMatch(line -> line.startsWith("GET /q/health/ready"));
        }
    }

    @Test
    void says_what_was_not_ready_in_time_and_what_it_said() throws Exception {
        try (Answers services = new Answers(Integer.MAX_VALUE, 503)) {
            assertThatThrownBy(() -> check(services, "0").run())
                    .isInstanceOf(CheckFailedException.class)
                    .hasMessageContaining("ingest is ready")
                    .hasMessageContaining("503: not now");
        }
    }

    private static ReleaseCheck check(Answers services, String within) {
        return new ReleaseCheck(
                Map.of(
                        "ingest", services.address(),
                        "transform", services.address(),
                        "model", services.address(),
                        "load", services.address(),
                        "within", within),
                Map.of());
    }
}
