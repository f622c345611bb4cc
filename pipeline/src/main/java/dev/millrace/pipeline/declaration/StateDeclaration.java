package dev.millrace.pipeline.declaration;

import java.util.Optional;

/** What is said of the state of all steps together. */
public record StateDeclaration(
        @Doc(
                value = "A name for this state. State that an edit could not go on with, such as that of a window with"
                        + " another precision, is built anew from raw under a name that was not used before; an"
                        + " edit without one is refused with the reason, and the last good declaration goes on."
                        + " Default: none.",
                example = "v2",
                pattern = VERSION)
        Optional<String> version) {
    /** What a version may be called; it is part of the names of topics and folders. */
    public static final String VERSION = "[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?";
}
