package dev.millrace.model.protocol;

import dev.millrace.model.registry.Model;
import dev.millrace.model.traffic.Route;
import java.util.Optional;

/**
 * Who answers a request.
 *
 * @param model the version, which stays loaded meanwhile
 * @param route as what it answers
 * @param rules by whose rules; nothing where the request names a version, or no pipeline uses the model
 * @param key the key that the client named, by which the canary's share is taken
 */
record Turn(Model model, Route route, Optional<Rules.Ruled> rules, Optional<String> key) {}
