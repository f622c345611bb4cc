package dev.millrace.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events, ingest, features, warehouse, training, registry, scores of the stream: the way round, by one command. */
@Tag("long")
class RehearsalIT {
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    @Test
    void each_week_is_scored_by_the_version_that_was_trained_before_it(@TempDir Path folder) throws Exception {
        Path page = folder.resolve("page.md");
        try (Cli rehearsal = Cli.start(
                "rehearse",
                Stacks.home().resolve("examples/card-fraud/pipeline.yaml").toString(),
                "--simulate=77",
                "--customers=400",
                "--test-weeks=2018-06-03,2018-06-10",
                "--quick",
                "--state=" + Stacks.state("rehearsal"),
                "--page=" + page)) {
            Cli.Ran ran = rehearsal.ended(PATIENCE);
            assertThat(ran.exit()).as(ran.output()).isZero();
        }

        String written = Files.readString(page);
        assertThat(written)
                .containsPattern("\\| 2018-06-03 \\| 2 \\|")
                .containsPattern("\\| 2018-06-10 \\| 3 \\|")
                .contains("; 0 were lost or doubled.");
        assertThat(meanAucRoc(written)).as(written).isGreaterThan(0.7);
    }

    private static double meanAucRoc(String page) {
        Matcher mean =
                Pattern.compile("standard deviation\\*\\* \\| ([0-9.]+) ±").matcher(page);
        assertThat(mean.find()).as(page).isTrue();
        return Double.parseDouble(mean.group(1));
    }
}
