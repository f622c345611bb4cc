package dev.millrace.service.state;

import dev.millrace.pipeline.Pipeline;
import java.util.Optional;

/**
 * What is to run of a pipeline.
 *
 * @param pipeline the declaration to run, bound to the state that there is
 * @param refusal why it is not the one that is declared
 */
public record Ruling(Pipeline pipeline, Optional<String> refusal) {}
