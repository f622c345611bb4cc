package dev.millrace.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DemoIT {
    @Test
    void the_demonstration_ends_with_every_event_accounted_for() throws Exception {
        Ran demo = millrace(
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
                .containsPattern("rejected +[1-9]")
                .contains("ingest: wrong_type", "The riskiest transactions", "curl http://", "psql -h");
    }

    @Test
    void status_of_nothing_says_how_to_start() throws Exception {
        Ran status = millrace("status", "--state", Stacks.state("nothing").toString());
        assertThat(status.exit()).isEqualTo(1);
        assertThat(status.output()).contains("./millrace up");
    }

    private record Ran(int exit, String output) {}

    private static Ran millrace(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Dmillrace.home=" + Stacks.home(),
                "dev.millrace.local.command.Millrace"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .put(
                        "CLASSPATH",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), output);
    }
}
