package dev.millrace.local.tryout;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands at {@code /bin/sh} in an image without a shell. {@code initdb} has each of its steps run by a shell, and all
 * it says to it is one program, its arguments and redirections; that is understood here and nothing else: no variables,
 * no pipes, no second command. So the database is made at its first start and none lies ready-made in the image.
 */
public final class InitdbShell {
    private static final int NOT_UNDERSTOOD = 2;
    private static final int NOT_FOUND = 127;
    private static final String BEYOND = "|&;`$()*?[]{}~#!\\\n";

    private InitdbShell() {}

    /** Runs {@code sh -c COMMAND} and ends with the program's own exit code. */
    public static void main(String[] arguments) throws InterruptedException {
        // The script's own path comes first, then -c and, from newer C libraries, --.
        int option = List.of(arguments).indexOf("-c");
        if (option < 0 || option == arguments.length - 1) {
            refuse("expected -c and a command");
        }
        try {
            System.exit(command(arguments[arguments.length - 1]).start().waitFor());
        } catch (IllegalArgumentException e) {
            refuse(e.getMessage());
        } catch (IOException e) {
            System.err.println("sh: " + e.getMessage());
            System.exit(NOT_FOUND);
        }
    }

    /**
     * The process that a command line stands for.
     *
     * @throws IllegalArgumentException if it says more than one program, its arguments and redirections
     */
    static ProcessBuilder command(String line) {
        List<String> program = new ArrayList<>();
        ProcessBuilder process = new ProcessBuilder(program).inheritIO();
        List<Word> words = words(line);
        for (int i = 0; i < words.size(); i++) {
            Word word = words.get(i);
            if (word.quoted() || !word.redirects()) {
                program.add(word.text());
            } else if (word.text().equals("2>&1")) {
                process.redirectErrorStream(true);
            } else {
                String attached = word.text().substring(1);
                File file = new File(
                        attached.isEmpty() && i + 1 < words.size()
                                ? words.get(++i).text()
                                : attached);
                if (word.text().charAt(0) == '<') {
                    process.redirectInput(file);
                } else {
                    process.redirectOutput(file);
                }
            }
        }
        if (program.isEmpty()) {
            throw new IllegalArgumentException("expected a program: " + line);
        }
        return process;
    }

    private static List<Word> words(String line) {
        List<Word> words = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        boolean inWord = false;
        boolean quoted = false;
        char quote = 0;
        for (char c : line.toCharArray()) {
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else if (quote == '"' && "$`\\".indexOf(c) >= 0) {
                    throw beyond(c, line);
                } else {
                    text.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                inWord = true;
                quoted = true;
            } else if (c == ' ') {
                if (inWord) {
                    words.add(new Word(text.toString(), quoted));
                    text.setLength(0);
                    inWord = false;
                    quoted = false;
                }
            } else if (BEYOND.indexOf(c) >= 0 && !(c == '&' && text.toString().equals("2>"))) {
                throw beyond(c, line);
            } else {
                text.append(c);
                inWord = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("a quote is not closed: " + line);
        }
        if (inWord) {
            words.add(new Word(text.toString(), quoted));
        }
        return words;
    }

    private static IllegalArgumentException beyond(char c, String line) {
        return new IllegalArgumentException(
                "'" + c + "' is not understood here; this runs one program and is no shell: " + line);
    }

    private static void refuse(String why) {
        System.err.println("sh: " + why);
        System.exit(NOT_UNDERSTOOD);
    }

    /** A word; one with quotes is never a redirection. */
    private record Word(String text, boolean quoted) {
        boolean redirects() {
            return text.equals("2>&1") || text.startsWith("<") || text.startsWith(">");
        }
    }
}
