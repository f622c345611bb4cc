package dev.millrace.images.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An image: what is in it beside the base, and how it is started.
 *
 * @param name its name below {@code millrace/}
 * @param title its name for people
 * @param description what it does, in a sentence
 * @param port the port it listens on
 * @param options what the JVM is told that nobody may want to change
 * @param start what follows the options: the class path and the main class, or the jar
 * @param environment what holds unless whoever starts it says otherwise
 * @param layers what is in it, the slowest to change first
 * @param bom the bill of materials that the build of its module wrote; need not be there
 */
public record Recipe(
        String name,
        String title,
        String description,
        int port,
        List<String> options,
        List<String> start,
        Map<String, String> environment,
        List<Layer> layers,
        Path bom) {
    /** The only folder below which an image has what is Millrace's. */
    public static final String HOME = "/opt/millrace";

    /** The folder that a container may write, beside {@code /tmp}. */
    public static final String STATE = "/var/lib/millrace";

    public Recipe {
        options = List.copyOf(options);
        start = List.copyOf(start);
        environment = Map.copyOf(environment);
        layers = List.copyOf(layers);
    }

    /** The image's file. */
    public String fileName() {
        return "millrace-" + name + ".tar";
    }
}
