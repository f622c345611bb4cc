package dev.millrace.model.registry;

import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** Who may change the registry: whoever has the token; where there is none, programs on this machine. Thread-safe. */
@ApplicationScoped
public class ChangeAccess {
    private static final String BEARER = "Bearer ";
    private static final List<String> OF_PROXIES = List.of("Forwarded", "X-Forwarded-For");

    private final ModelsSettings settings;

    ChangeAccess(ModelsSettings settings) {
        this.settings = settings;
    }

    /** Ends the request unless it may change the registry. */
    void require(HttpServerRequest request) {
        String token = settings.token().filter(text -> !text.isBlank()).orElse("");
        if (!token.isEmpty()) {
            requireToken(request.getHeader(HttpHeaders.AUTHORIZATION), token);
        } else if (!settings.localChanges() || !isLocal(request)) {
            throw new ProblemException(Problem.of(
                    403,
                    "changes-closed",
                    "The registry is not open to changes",
                    "Without a token (millrace.models.token) "
                            + (settings.localChanges()
                                    ? "only programs on the service's own machine may change it."
                                    : "nobody may change it.")));
        }
    }

    private static void requireToken(String header, String token) {
        byte[] sent = header != null && header.startsWith(BEARER)
                ? header.substring(BEARER.length()).trim().getBytes(StandardCharsets.UTF_8)
                : new byte[0];
        // Takes as long for a token that is nearly right as for any other.
        if (!MessageDigest.isEqual(sent, token.getBytes(StandardCharsets.UTF_8))) {
            throw new ProblemException(Problem.of(
                    401,
                    "token-required",
                    "The registry's token is required",
                    "Send the header 'Authorization: Bearer <token>' with the service's millrace.models.token."));
        }
    }

    private static boolean isLocal(HttpServerRequest request) {
        try {
            return OF_PROXIES.stream().noneMatch(request.headers()::contains)
                    && InetAddress.getByName(request.remoteAddress().hostAddress())
                            .isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
