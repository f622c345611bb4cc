package dev.millrace.local.tryout;

import dev.millrace.local.broker.BrokerClassPath;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Stop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A main class as the only process of what would be its container. */
record Container(Process process, Path log) implements AutoCloseable {
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(20);

    static Container start(Class<?> main, Path folder, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("MILLRACE_STATE_DIR", folder.resolve("state").toString());
        all.put("CLASSPATH", classPath(folder));
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // As anyone else: PostgreSQL's programs refuse to be run by root.
            command.addAll(List.of("unshare", "--user"));
        }
        command.addAll(List.of(Launch.java(), "-Xmx300m", "-XX:+UseSerialGC", main.getName()));
        Path log = folder.resolve("container.log");
        return new Container(new Launch(command, all, log).start(), log);
    }

    private static String classPath(Path folder) {
        try {
            return BrokerClassPath.in(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** SIGTERM, as a cluster ends a pod. */
    void end() {
        Stop.inOrder(process.toHandle(), ENDS_WITHIN);
    }

    @Override
    public void close() {
        end();
    }
}
