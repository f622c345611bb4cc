package dev.millrace.pipeline.declaration;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a key of the declaration is for, in a sentence or two: the text of the JSON Schema and of the reference page. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Doc {
    /** The description. */
    String value();

    /** An example value as YAML, or nothing. */
    String example() default "";

    /** The regular expression that a text must match as a whole, or nothing. */
    String pattern() default "";

    /** The regular expression that each key of a mapping of free keys must match as a whole, or nothing. */
    String keys() default "";
}
