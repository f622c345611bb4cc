package dev.millrace.training.register;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Where versions are registered. */
public interface Registry {
    /** The alias of the version in use. */
    String CHAMPION = "champion";
    /** The alias of the version that was trained last. */
    String CHALLENGER = "challenger";

    /**
     * A version that is there.
     *
     * @param version its name
     * @param description what is known of it
     * @param onnx its file; empty if the registry does not hand it out
     */
    record Present(String version, ObjectNode description, Optional<byte[]> onnx) {}

    /** The version that an alias of a model stands for, if there is one. */
    Optional<Present> find(String model, String alias);

    /**
     * Registers a version and lets the alias stand for it.
     *
     * @return its name
     */
    String register(Version version, String alias, String why);

    /** Lets another alias stand for a version that is there. */
    void promote(String model, String version, String alias, String why);

    /** Where it is, for people. */
    String place();
}
