package dev.millrace.acceptance;

import dev.millrace.local.process.Life;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import java.nio.file.Path;

/** Stacks of real processes on free ports, with the card-fraud example. */
final class Stacks {
    static final String PIPELINE = "card-fraud";

    private Stacks() {}

    static Path home() {
        return Path.of(System.getProperty("millrace.home")).toAbsolutePath().normalize();
    }

    static Path state(String name) {
        return Path.of(System.getProperty("millrace.state")).resolve(name);
    }

    static Stack start(String name) {
        return Stack.start(
                StackSettings.of(home(), state(name))
                        .withFreePorts()
                        .forgetting(Forget.STATE_AND_FILES)
                        .withLife(Life.SHORT),
                line -> System.out.println(name + ": " + line));
    }
}
