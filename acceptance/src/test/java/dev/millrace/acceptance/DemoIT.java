package dev.millrace.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DemoIT {
    @Test
    void the_demonstration_ends_with_every_event_accounted_for() throws Exception {
        Cli.Ran demo = Cli.run(
                "demo",
                "--any-ports",
                "--no-keep",
                "--days",
                "20",
                "--customers",
                "300",
                "--state",
                Stacks.state("demo").toString());
        assertThat(demo.exit()).as(demo.output()).isZero();
        assertThat(demo.output())
                .containsPattern("lost or doubled +0\\b")
                .containsPattern("(?m)^ *fed .* ([0-9,]+) of \\1 +100 %")
                .containsPattern("(?m)^ *arrived .* ([0-9,]+) of \\1 +100 %")
                .contains("ingest: wrong_type", "The riskiest transactions", "/predict -H", "/events -H", "psql -h");
        for (String item : List.of(
                "events in",
                "as \\d+ files",
                "over HTTP",
                "chargebacks, a week later",
                "rejected",
                "accepted",
                "scored",
                "rows in the warehouse",
                "events/s, end to end")) {
            assertThat(demo.output()).containsPattern("(?m)^ +" + item + " +[1-9]");
        }
        assertThat(demo.output())
                .containsPattern("(?m)^ +age in the warehouse, median +\\d+\\.\\d s")
                .containsPattern("(?m)^ +age in the warehouse, p99 +\\d+\\.\\d s");
        assertThat(demo.output().lines().filter(line -> line.matches(" +\\d+ +2018-\\d\\d-\\d\\d .* [01]\\.\\d{3}")))
                .as("the riskiest transactions")
                .hasSize(10);
    }

    @Test
    void status_of_nothing_says_how_to_start() throws Exception {
        Cli.Ran status = Cli.run("status", "--state", Stacks.state("nothing").toString());
        assertThat(status.exit()).isEqualTo(1);
        assertThat(status.output()).contains("./millrace up");
    }
}
