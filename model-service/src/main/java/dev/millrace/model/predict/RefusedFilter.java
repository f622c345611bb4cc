package dev.millrace.model.predict;

import dev.millrace.service.problem.Problem;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/** Has what {@code /predict} answers with a 5xx counted, but for what {@link Admission} does not let in. */
@Provider
public class RefusedFilter implements ContainerResponseFilter {
    private static final int SERVER_ERROR = 500;

    private final Refused refused;

    RefusedFilter(Refused refused) {
        this.refused = refused;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() >= SERVER_ERROR
                && response.getEntity() instanceof Problem problem
                && request.getUriInfo().getPath().startsWith("/predict")) {
            refused.count(problem);
        }
    }
}
