package dev.millrace.pipeline.declaration;

import java.util.Map;

/** Something done to every clean event; one key says which kind. */
public sealed interface StepDeclaration {
    /** New fields computed from the others. */
    @Doc(
            "New fields, each a CEL expression over the event's fields and other new ones, in any order. The field's type is the expression's.")
    record Derive(
            @Inline
            @Doc(
                    value = "The new fields' names and expressions.",
                    example = "{ is_night: \"tx_datetime.getHours() <= 6\" }",
                    keys = EventDeclaration.FIELD_NAME)
            Map<String, String> fields)
            implements StepDeclaration {}
}
