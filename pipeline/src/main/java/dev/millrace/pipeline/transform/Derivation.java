package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.expression.Expression;

/** A derived field bound to the fields before it. */
record Derivation(String name, Expression expression) {
    Field field() {
        return Field.canonical(name, expression.type(), false);
    }
}
