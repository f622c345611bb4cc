package dev.millrace.service.problem;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Gives the framework's own refusals (no such path, wrong method, wrong media type) the shape of every other. */
@Provider
public class HttpErrorMapper implements ExceptionMapper<WebApplicationException> {
    @Override
    public Response toResponse(WebApplicationException exception) {
        Response original = exception.getResponse();
        if (original.getStatus() < 400) {
            return original;
        }
        String title = original.getStatusInfo().getReasonPhrase();
        Problem problem = Problem.of(original.getStatus(), "http", title, exception.getMessage());
        return Response.fromResponse(original)
                .type(Problem.MEDIA_TYPE)
                .entity(problem)
                .build();
    }
}
