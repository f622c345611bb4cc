package dev.millrace.local.broker;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The class path of the broker's process: this process's own, with one logging backend, the broker's. */
public final class BrokerClassPath {
    private static final String LOGGING_BACKEND = "log4j-slf4j2-impl.jar";
    /** Other backends that a service's tests bring; SLF4J and Log4j would take one of them at random. */
    private static final Pattern OTHER_BACKENDS = Pattern.compile(
            ".*(slf4j-jboss-logmanager|log4j2-jboss-logmanager|log4j-to-slf4j|slf4j-simple|slf4j-jdk14|logback-classic)[^/\\\\]*\\.jar");

    private BrokerClassPath() {}

    /** The class path; the backend is unpacked into the folder. */
    public static String in(Path folder) throws IOException {
        return loggingBackend(folder).toAbsolutePath()
                + File.pathSeparator
                + Arrays.stream(own().split(Pattern.quote(File.pathSeparator)))
                        .filter(entry -> !OTHER_BACKENDS.matcher(entry).matches())
                        .collect(Collectors.joining(File.pathSeparator));
    }

    /** The broker's logging backend, which is on no other class path, unpacked into the folder. */
    public static Path loggingBackend(Path folder) throws IOException {
        Path backend = folder.resolve(LOGGING_BACKEND);
        try (InputStream jar = BrokerClassPath.class.getResourceAsStream(LOGGING_BACKEND)) {
            Files.copy(jar, backend, StandardCopyOption.REPLACE_EXISTING);
        }
        return backend;
    }

    /** Surefire hides the class path in a manifest and says what it was in a property of its own. */
    private static String own() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
