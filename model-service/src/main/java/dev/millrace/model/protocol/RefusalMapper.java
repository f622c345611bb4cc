package dev.millrace.model.protocol;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Answers a {@link Refusal} as the protocol wants it. */
@Provider
public class RefusalMapper implements ExceptionMapper<Refusal> {
    @Override
    public Response toResponse(Refusal refusal) {
        Response.ResponseBuilder response = Response.status(refusal.kind().status())
                .type(MediaType.APPLICATION_JSON)
                .entity(new ErrorBody(refusal.getMessage()));
        refusal.kind().retryAfterSeconds().ifPresent(seconds -> response.header(HttpHeaders.RETRY_AFTER, seconds));
        return response.build();
    }

    /** The body of every answer that is no success. */
    public record ErrorBody(String error) {}
}
