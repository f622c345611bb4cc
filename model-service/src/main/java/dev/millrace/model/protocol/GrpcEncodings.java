package dev.millrace.model.protocol;

import dev.millrace.model.protocol.grpc.GRPCInferenceServiceGrpc;
import io.grpc.Status;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;

/**
 * Refuses messages that are zipped as the server can not unzip them, as gRPC's specification asks for; they would come to
 * the service as no message at all. Runs on the event loop.
 */
@ApplicationScoped
class GrpcEncodings {
    private static final int BEFORE_THE_SERVICE = 100;
    private static final String PATH = "/" + GRPCInferenceServiceGrpc.SERVICE_NAME + "/";
    private static final Set<String> KNOWN = Set.of("identity", "gzip");

    void register(@Observes Filters filters) {
        filters.register(GrpcEncodings::refuseUnknown, BEFORE_THE_SERVICE);
    }

    private static void refuseUnknown(RoutingContext context) {
        String encoding = context.request().getHeader("grpc-encoding");
        if (encoding == null
                || KNOWN.contains(encoding)
                || !context.request().path().startsWith(PATH)) {
            context.next();
            return;
        }
        context.response()
                .putHeader("content-type", "application/grpc")
                .putHeader("grpc-accept-encoding", "identity,gzip")
                .putHeader("grpc-status", Integer.toString(Status.Code.UNIMPLEMENTED.value()))
                .putHeader("grpc-message", "messages may be zipped by gzip, and by nothing else")
                .end();
    }
}
