package dev.millrace.pipeline.declaration;

import java.util.Optional;

/**
 * One thing wrong with a declaration.
 *
 * @param file the file's name
 * @param line the line, from 1
 * @param column the column, from 1
 * @param path the key's path, such as {@code spec.event.time}; empty for the whole file
 * @param message what was expected and what came
 * @param suggestion what was perhaps meant
 */
public record Mistake(String file, int line, int column, String path, String message, Optional<String> suggestion) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + withoutPosition();
    }

    /** The same where there is no file with lines: the path and what is wrong there. */
    public String withoutPosition() {
        return (path.isEmpty() ? "" : path + ": ")
                + message
                + suggestion.map(name -> ". Did you mean '" + name + "'?").orElse("");
    }
}
