package dev.millrace.model.registry;

import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import java.util.List;
import java.util.OptionalInt;

/** What the registry refuses, and why. */
final class Problems {
    private Problems() {}

    static ProblemException unknownModel(String model, List<String> known) {
        return new ProblemException(Problem.of(
                404,
                "unknown-model",
                "Unknown model",
                "The registry has no model '" + model + "'. Models: "
                        + (known.isEmpty() ? "none" : String.join(", ", known)) + "."));
    }

    static ProblemException unknownVersion(String model, String version) {
        return new ProblemException(Problem.of(
                404,
                "unknown-version",
                "Unknown version",
                "The registry has no version '" + version + "' of model '" + model + "'."));
    }

    static ProblemException unknownAlias(String model, String alias) {
        return new ProblemException(Problem.of(
                404,
                "unknown-alias",
                "Unknown alias",
                "Alias '" + alias + "' of model '" + model + "' stands for no version."));
    }

    static ProblemException refused(String why) {
        return new ProblemException(
                Problem.of(422, "model-refused", "The model can not be used", "Nothing was changed: " + why + "."));
    }

    static ProblemException invalid(List<Problem.Entry> entries) {
        return new ProblemException(
                Problem.of(400, "invalid-request", "The request is not valid", "Nothing was changed; see violations.")
                        .with(entries));
    }

    static ProblemException away(RegistryAwayException why) {
        return new ProblemException(
                Problem.of(
                        503,
                        "registry-away",
                        "The registry can not be reached",
                        "What is loaded goes on predicting; nothing was changed: " + why.getMessage() + "."),
                OptionalInt.of(5));
    }
}
