package dev.millrace.local.tryout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitdbShellTest {
    @Test
    void runs_a_program_with_its_arguments() {
        assertThat(InitdbShell.command("\"/opt/a b/postgres\" --boot  -c 'x=1 2' -k")
                        .command())
                .containsExactly("/opt/a b/postgres", "--boot", "-c", "x=1 2", "-k");
    }

    @Test
    void takes_redirections_in_the_ways_that_initdb_writes_them() {
        ProcessBuilder apart = InitdbShell.command("\"postgres\" --check < \"/dev/null\" > \"/dev/null\" 2>&1");
        assertThat(apart.command()).containsExactly("postgres", "--check");
        assertThat(apart.redirectInput().file()).isEqualTo(new File("/dev/null"));
        assertThat(apart.redirectOutput().file()).isEqualTo(new File("/dev/null"));
        assertThat(apart.redirectErrorStream()).isTrue();

        ProcessBuilder attached = InitdbShell.command("\"postgres\" --single template1 >/dev/null");
        assertThat(attached.command()).containsExactly("postgres", "--single", "template1");
        assertThat(attached.redirectOutput().file()).isEqualTo(new File("/dev/null"));
        assertThat(attached.redirectErrorStream()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a; b", "a | b", "a && b", "echo $HOME", "echo \"$HOME\"", "a `b`", "ls *", "a 'b", ""})
    void refuses_what_only_a_shell_can_do(String line) {
        assertThatThrownBy(() -> InitdbShell.command(line)).isInstanceOf(IllegalArgumentException.class);
    }
}
