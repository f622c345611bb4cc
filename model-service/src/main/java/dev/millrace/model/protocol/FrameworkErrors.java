package dev.millrace.model.protocol;

import dev.millrace.service.problem.Problem;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;

/** Gives the framework's own refusals below {@code /v2} (no such path, wrong method) the protocol's shape. */
@Provider
public class FrameworkErrors implements ContainerResponseFilter {
    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        String path = request.getUriInfo().getPath();
        String relative = path.startsWith("/") ? path.substring(1) : path;
        if ((relative.equals("v2") || relative.startsWith("v2/")) && response.getEntity() instanceof Problem problem) {
            response.setEntity(
                    new RefusalMapper.ErrorBody(problem.detail()), new Annotation[0], MediaType.APPLICATION_JSON_TYPE);
        }
    }
}
