package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.Loaded;
import dev.millrace.pipeline.Pipeline;
import java.util.List;
import java.util.Optional;

/** What models are for: how a version of the kind is loaded, and what it needs of a pipeline. Stateless. */
interface ModelKind {
    /** Its name in descriptions. */
    String name();

    /**
     * Loads a version and tries it.
     *
     * @throws InvalidModelException if what it answers can not be used
     * @throws OrtException if it does not load or fails
     */
    Loaded load(StoredModel stored) throws OrtException, InvalidModelException;

    /** Why a version can not be used for a pipeline; empty if it can. */
    Optional<String> misfit(ModelDescription description, Pipeline pipeline);

    /** The clean fields that have to be known for an answer, of a pipeline that it fits. */
    List<String> fields(ModelDescription description, Pipeline pipeline);
}
