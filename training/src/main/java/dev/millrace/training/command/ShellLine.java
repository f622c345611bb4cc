package dev.millrace.training.command;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A command as it was called, to be given to a shell again. */
public final class ShellLine {
    private static final Pattern PLAIN = Pattern.compile("[-\\w./,:=@%+]+");

    private ShellLine() {}

    /** The line; arguments that a shell would read otherwise are in quotes. */
    public static String of(String program, List<String> arguments) {
        return arguments.stream()
                .map(argument ->
                        PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" ", program + " ", ""));
    }
}
