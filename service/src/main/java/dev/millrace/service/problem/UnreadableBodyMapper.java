package dev.millrace.service.problem;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.io.CharConversionException;

/** Answers a JSON body whose first bytes look like UTF-32 and whose others do not, which its reader says nothing else of. */
@Provider
public class UnreadableBodyMapper implements ExceptionMapper<CharConversionException> {
    @Override
    public Response toResponse(CharConversionException exception) {
        Problem problem = Problem.of(
                400, "malformed-body", "The body is not valid JSON", "It can not be read: its bytes are not UTF-8.");
        return Response.status(problem.status())
                .type(Problem.MEDIA_TYPE)
                .entity(problem)
                .build();
    }
}
