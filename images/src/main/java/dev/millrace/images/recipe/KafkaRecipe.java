package dev.millrace.images.recipe;

import dev.millrace.local.broker.BrokerClassPath;
import dev.millrace.local.tryout.KafkaMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A single Kafka broker for trying out. */
public final class KafkaRecipe {
    /** What module local has for other things: expressions, the database, the command line. */
    private static final Pattern NOT_KAFKAS = Pattern.compile(".*/(dev/cel|com/google/(?!re2j)[^/]+|io/zonky|"
            + "org/(postgresql|antlr|threeten|jspecify|tukaani|apache/commons/commons-compress)|info/picocli)/.*");

    private KafkaRecipe() {}

    /**
     * The recipe.
     *
     * @param home the folder of the sources
     * @param classPath the class path of module {@code local}
     * @param architecture the processor that the image is for, as images name it
     * @param work a folder for what is made on the way
     */
    public static Recipe of(Path home, List<Path> classPath, String architecture, Path work) throws IOException {
        List<Layer.Entry> libraries = new ArrayList<>();
        for (Path jar : classPath) {
            if (!NOT_KAFKAS.matcher(jar.toString()).matches()) {
                libraries.add(Layer.Entry.file(jar, Recipe.HOME + "/lib/" + jar.getFileName()));
            }
        }
        Path logging = BrokerClassPath.loggingBackend(Files.createDirectories(work));
        libraries.add(Layer.Entry.file(logging, Recipe.HOME + "/lib/" + logging.getFileName()));
        return new Recipe(
                "tryout-kafka",
                "Kafka for trying Millrace out",
                "A single Kafka broker without replication or passwords; not for production.",
                9092,
                List.of("-XX:+ExitOnOutOfMemoryError", "-XX:+UseSerialGC"),
                List.of("-cp", Recipe.HOME + "/app/*:" + Recipe.HOME + "/lib/*", KafkaMain.class.getName()),
                Map.of("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=50"),
                List.of(
                        new Layer("libraries", libraries).with(new LinuxJars(architecture, work)::of),
                        LocalModule.layer(home)),
                LocalModule.bom(home));
    }
}
