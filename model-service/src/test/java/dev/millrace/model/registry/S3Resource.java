package dev.millrace.model.registry;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Gives the registry storage that is away while the service starts, and hands the test {@code away} and {@code objects}. */
public class S3Resource implements QuarkusTestResourceLifecycleManager {
    private S3Server server;

    @Override
    public Map<String, String> start() {
        server = new S3Server();
        server.away.set(true);
        S3Credentials.give(S3Server.SECRET);
        return Map.of(
                "millrace.models.artifacts",
                "s3://" + S3Server.BUCKET + "/registry",
                "millrace.models.s3.endpoint",
                server.address().toString(),
                "millrace.models.s3.timeout",
                "5s");
    }

    @Override
    public void inject(TestInjector fields) {
        fields.injectIntoFields(
                server.away,
                field -> field.getType() == AtomicBoolean.class
                        && field.getName().equals("away"));
        fields.injectIntoFields(server.objects, field -> field.getName().equals("objects"));
    }

    @Override
    public void stop() {
        S3Credentials.take();
        server.close();
    }
}
