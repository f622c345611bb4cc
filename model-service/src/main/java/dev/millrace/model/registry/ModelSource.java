package dev.millrace.model.registry;

import java.io.IOException;
import java.util.Optional;

/** What a registry is kept in. Thread-safe. */
sealed interface ModelSource permits ModelFolder, ModelBook {
    /**
     * Which models, versions and aliases there are now.
     *
     * @throws IOException if it can not be read as a whole
     */
    Catalog catalog() throws IOException;

    /**
     * All that is known of a model; empty if there is none of that name.
     *
     * @throws IOException if it can not be read now
     */
    Optional<Registration.OfModel> detail(String model) throws IOException;

    /**
     * A version as it is kept.
     *
     * @throws InvalidModelException if it is not there or is not whole
     * @throws IOException if it can not be read now
     */
    StoredModel read(String name, String version) throws InvalidModelException, IOException;
}
