package dev.millrace.pipeline.declaration;

import java.util.List;
import java.util.stream.Collectors;

/** A declaration has mistakes; it carries all of them, in the order of the file. */
public final class InvalidDeclarationException extends Exception {
    private final transient List<Mistake> mistakes;

    InvalidDeclarationException(List<Mistake> mistakes) {
        super(mistakes.stream().map(Mistake::toString).collect(Collectors.joining("\n")));
        this.mistakes = List.copyOf(mistakes);
    }

    /** Everything that is wrong, at least one thing. */
    public List<Mistake> mistakes() {
        return mistakes;
    }
}
