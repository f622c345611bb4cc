package dev.millrace.pipeline.declaration;

import java.util.Optional;

/**
 * A mistake before it is known where in the file it stands.
 *
 * @param path the path of the key whose value is wrong
 * @param offset how many characters into that value
 * @param message what was expected and what came
 * @param suggestion what was perhaps meant
 */
record Finding(String path, int offset, String message, Optional<String> suggestion) {
    static Finding at(String path, String message) {
        return new Finding(path, 0, message, Optional.empty());
    }
}
