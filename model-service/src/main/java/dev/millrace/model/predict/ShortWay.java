package dev.millrace.model.predict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.model.inference.Batching;
import dev.millrace.model.inference.BusyException;
import dev.millrace.model.inference.Deadline;
import dev.millrace.model.inference.LateException;
import dev.millrace.model.inference.Runner;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.impl.HttpServerRequestInternal;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Answers small, plain requests to {@code /predict} without handing them to {@link PredictResource} and a thread of its pool:
 * two such changes of threads cost as much processor time as a small model's answer, and what waits for a processor
 * meanwhile is what the slowest answers wait for. A score that waits for nothing and is quick is answered on the event loop
 * itself; a list takes one of the {@link Turns}. Everything else goes to the resource, which answers the same.
 */
@ApplicationScoped
public class ShortWay {
    private static final String READ = "millrace.read";
    private static final int SMALL = 8 * 1024;
    private static final String PATH = "/predict";
    private static final int LONGEST_NAME = 100;
    private static final Set<String> ACCEPTED = Set.of("*/*", "application/json", "application/json, text/plain, */*");
    private static final String JSON = "application/json;charset=UTF-8";

    private final Asked asked;
    private final Answers answers;
    private final Recommendations recommendations;
    private final Turns turns;
    private final Batching batching;
    private final Refused refused;
    private final PredictSettings settings;
    private final ObjectMapper mapper;

    ShortWay(
            Asked asked,
            Answers answers,
            Recommendations recommendations,
            Turns turns,
            Batching batching,
            Refused refused,
            PredictSettings settings,
            ObjectMapper mapper) {
        this.asked = asked;
        this.answers = answers;
        this.recommendations = recommendations;
        this.turns = turns;
        this.batching = batching;
        this.refused = refused;
        this.settings = settings;
        this.mapper = mapper;
    }

    /** The request's body, if it was read before it came to the resource. */
    static Optional<PredictRequest> read(RoutingContext context) {
        return Optional.ofNullable(context.get(READ));
    }

    /** Answers, or has the request answered soon; tells whether it does. Runs on the event loop. */
    boolean takes(RoutingContext context, Buffer body) {
        HttpServerRequest request = context.request();
        if (body.length() > Math.min(SMALL, settings.maxBody().asLongValue()) || !isPlain(request)) {
            return false;
        }
        String path = request.path();
        boolean inPath = path.length() > PATH.length();
        ((HttpServerRequestInternal) request).context().putLocal("UrlPathTemplate", inPath ? PATH + "/{model}" : PATH);
        try {
            PredictRequest read = PredictRequest.read(body.getBytes(), settings.maxInputs());
            Pipeline pipeline =
                    asked.pipeline(inPath ? Optional.of(path.substring(PATH.length() + 1)) : Optional.empty(), read);
            ModelReference reference = pipeline.declaration().spec().model().orElseThrow();
            if (reference.scores() && !answers.areQuick(pipeline, reference, read)) {
                context.put(READ, read);
                return false;
            }
            Deadline deadline = asked.deadline(request.getHeader(Deadline.HEADER), context);
            if (reference.scores()) {
                Runner runner = batching.atOnce(deadline);
                answer(context, () -> answers.of(pipeline, reference, read, runner));
            } else {
                Runner runner = batching.until(deadline);
                turns.later(
                        deadline,
                        () -> answer(context, () -> recommendations.of(pipeline, reference, read, runner)),
                        late -> say(context, Answers.notInTime(late)));
            }
        } catch (ProblemException e) {
            say(context, e);
        } catch (RuntimeException e) {
            context.fail(e);
        }
        return true;
    }

    private static boolean isPlain(HttpServerRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return isPlain(request.path())
                && "application/json".equals(request.getHeader(HttpHeaders.CONTENT_TYPE))
                && (accept == null || ACCEPTED.contains(accept))
                && request.getHeader(HttpHeaders.CONTENT_ENCODING) == null;
    }

    /** Whether it is that of the resource, with nothing in it that would have to be decoded. */
    private static boolean isPlain(String path) {
        if (path.length() == PATH.length()) {
            return true;
        }
        boolean plain = path.charAt(PATH.length()) == '/'
                && path.length() > PATH.length() + 1
                && path.length() <= PATH.length() + LONGEST_NAME;
        for (int i = PATH.length() + 1; plain && i < path.length(); i++) {
            char c = path.charAt(i);
            plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
        }
        return plain;
    }

    private void answer(RoutingContext context, Supplier<Answer> answer) {
        try {
            end(context, 200, JSON, answer.get());
        } catch (ProblemException e) {
            say(context, e);
        } catch (BusyException | LateException e) {
            say(context, Answers.notInTime(e));
        } catch (RuntimeException e) {
            context.fail(e);
        }
    }

    private void say(RoutingContext context, ProblemException exception) {
        Problem problem = exception.problem();
        if (problem.status() >= 500) {
            refused.count(problem);
        }
        exception
                .retryAfterSeconds()
                .ifPresent(seconds -> context.response().putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(seconds)));
        end(context, problem.status(), Problem.MEDIA_TYPE, problem);
    }

    private void end(RoutingContext context, int status, String type, Object body) {
        HttpServerResponse response = context.response();
        // Who has gone away meanwhile gets no answer.
        if (response.ended() || response.closed()) {
            return;
        }
        try {
            response.setStatusCode(status)
                    .putHeader(HttpHeaders.CONTENT_TYPE, type)
                    .end(Buffer.buffer(mapper.writeValueAsBytes(body)));
        } catch (JsonProcessingException e) {
            context.fail(e);
        }
    }
}
