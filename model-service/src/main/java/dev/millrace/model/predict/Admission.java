package dev.millrace.model.predict;

import dev.millrace.service.problem.Problem;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets so many requests for predictions in at once, of {@code /predict} and of the Open Inference Protocol over HTTP. It counts
 * them before they wait for a thread, so that what is beyond is told at once, and their time runs from there. A small body is
 * read before that as well: a thread that waits for one is woken once more for it. Runs on the event loop.
 */
@ApplicationScoped
public class Admission {
    /** The framework's authorization has 100: who may not ask is not answered here either. */
    private static final int BEFORE_THE_RESOURCES = 90;

    private static final String ARRIVED = "millrace.arrived";
    /** Bodies up to this size are read on the event loop. */
    private static final int SMALL = 32 * 1024;

    private final AtomicInteger inside = new AtomicInteger();
    private final int limit;
    private final Refused refused;
    private final ShortWay shortWay;

    Admission(PredictSettings settings, Refused refused, ShortWay shortWay) {
        this.limit = settings.maxConcurrent();
        this.refused = refused;
        this.shortWay = shortWay;
    }

    void register(@Observes Filters filters) {
        filters.register(this::admit, BEFORE_THE_RESOURCES);
    }

    /** When the request came, by {@link System#nanoTime}. */
    public static long arrivedNanos(RoutingContext context) {
        Long arrived = context.get(ARRIVED);
        return arrived == null ? System.nanoTime() : arrived;
    }

    private void admit(RoutingContext context) {
        String path = context.request().path();
        boolean protocol = path.startsWith("/v2/");
        boolean asks = HttpMethod.POST.equals(context.request().method()) && (protocol || path.startsWith("/predict"));
        if (!asks) {
            context.next();
            return;
        }
        if (inside.incrementAndGet() > limit) {
            inside.decrementAndGet();
            refuse(context, protocol);
            return;
        }
        context.put(ARRIVED, System.nanoTime());
        context.addEndHandler(ended -> inside.decrementAndGet());
        if (context instanceof RoutingContextInternal internal && isSmall(context.request())) {
            readFirst(internal, protocol);
        } else {
            context.next();
        }
    }

    private static boolean isSmall(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null
                && length.length() <= Integer.toString(SMALL).length()
                && Integer.parseInt(length) <= SMALL
                && request.getHeader(HttpHeaders.EXPECT) == null
                // One of HTTP/2 that was read to its end can not be handed on.
                && request.version() != HttpVersion.HTTP_2;
    }

    private void readFirst(RoutingContextInternal context, boolean protocol) {
        context.request()
                .body()
                .onSuccess(body -> {
                    context.setBody(body);
                    if (protocol || !shortWay.takes(context, body)) {
                        context.next();
                    }
                })
                // Who has gone away in the middle of it gets no answer: a 5xx would count as one that was not
                // predicted.
                .onFailure(failure -> {
                    if (!(failure instanceof HttpClosedException)) {
                        context.fail(failure);
                    }
                });
        context.request().resume();
    }

    private void refuse(RoutingContext context, boolean protocol) {
        String why = limit + " requests are being answered (millrace.predict.max-concurrent). Try again.";
        Problem problem = Problem.of(503, "busy", "Too many requests at once", why);
        if (!protocol) {
            refused.count(problem);
        }
        JsonObject body = protocol
                ? new JsonObject().put("error", why)
                : new JsonObject()
                        .put("type", problem.type())
                        .put("title", problem.title())
                        .put("status", problem.status())
                        .put("detail", problem.detail());
        context.response()
                .setStatusCode(problem.status())
                .putHeader("Retry-After", "1")
                .putHeader("Content-Type", protocol ? "application/json" : Problem.MEDIA_TYPE)
                .end(body.toBuffer());
    }
}
