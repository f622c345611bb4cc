package dev.millrace.images;

import dev.millrace.images.archive.BuiltImage;
import dev.millrace.images.archive.ImageBuilder;
import dev.millrace.images.base.BaseException;
import dev.millrace.images.base.BaseImage;
import dev.millrace.images.base.BaseTar;
import dev.millrace.images.base.JdkBase;
import dev.millrace.images.recipe.KafkaRecipe;
import dev.millrace.images.recipe.LocalModule;
import dev.millrace.images.recipe.PostgresRecipe;
import dev.millrace.images.recipe.Recipe;
import dev.millrace.images.recipe.ServiceRecipe;
import dev.millrace.images.training.Training;
import dev.millrace.local.stack.Service;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Builds the images. */
@Command(
        name = "millrace images",
        mixinStandardHelpOptions = true,
        description = "Build container images as tars, with no registry and no daemon.",
        footer = {"", "docs/operations/images.md tells what is in them and how to load them."})
final class Images implements Callable<Integer> {
    private static final String KAFKA = "tryout-kafka";
    private static final String POSTGRES = "tryout-postgres";
    private static final int FAILED = 1;

    @Option(
            names = "--base",
            paramLabel = "TAR",
            description = "The image to build on, with a Java 25 runtime: a tar as 'docker save' gives it, or an OCI"
                    + " layout.")
    private Path base;

    @Option(
            names = "--jdk",
            paramLabel = "DIR",
            description = "Without a base: the JDK 25 or newer of which one is made, together with this machine's C"
                    + " library (default: the JDK that runs this).")
    private Path jdk;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where the images are written.")
    private Path out;

    @Option(
            names = "--service",
            paramLabel = "NAME",
            description = "Only this one; may be given several times: ingest, transform, model, load, tryout-kafka,"
                    + " tryout-postgres.")
    private List<String> only = List.of();

    @Option(names = "--tag", paramLabel = "TAG", description = "The images' tag (default: the version).")
    private String tag;

    @Option(
            names = "--no-aot",
            description = "Without AOT caches: smaller images that take longer to start, with the same digests"
                    + " whoever builds them.")
    private boolean withoutCaches;

    private final Path home =
            Path.of(System.getProperty("millrace.home", ".")).toAbsolutePath().normalize();
    private final Path work = home.resolve("images/target/work");
    /** The services as they were built for images are apart from those that ./millrace up runs. */
    private final String output = System.getProperty("millrace.images.output", "image-app");

    /** Builds the images and exits: 0 if they are built, 1 if not, 2 if the arguments are wrong. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Images());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (!(failure instanceof BaseException || failure instanceof IllegalArgumentException)) {
                throw failure;
            }
            command.getErr().println("millrace: " + failure.getMessage());
            return FAILED;
        });
        return commandLine;
    }

    @Override
    public Integer call() throws IOException {
        Set<String> names = names();
        ImageBuilder.Release release = release();
        BaseImage image = BaseTar.read(baseTar(), work.resolve("bases"));
        say("base " + image.id().substring(0, 12) + ", Java " + image.javaVersion() + ", " + image.architecture());
        Map<Service, Recipe> services = new EnumMap<>(Service.class);
        Set<Service> wanted = Arrays.stream(Service.values())
                .filter(service -> names.contains(service.label()))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Service.class)));
        if (!wanted.isEmpty()) {
            for (Service service : Service.values()) {
                services.put(
                        service, ServiceRecipe.of(home, service, output, image.architecture(), work.resolve("jars")));
            }
        }
        Map<Service, Path> caches = withoutCaches || wanted.isEmpty()
                ? Map.of()
                : new Training(image, home, work.resolve("training"), this::say).caches(services, wanted);
        ImageBuilder builder = new ImageBuilder(image, release, work);
        List<BuiltImage> built = new ArrayList<>();
        for (String name : names) {
            Optional<Service> service =
                    wanted.stream().filter(one -> one.label().equals(name)).findFirst();
            Recipe recipe = service.isPresent() ? services.get(service.get()) : tryout(name, image);
            BuiltImage done = builder.build(recipe, service.map(caches::get), out);
            say(String.format(
                    Locale.ROOT, "%-28s %s %4d MB", done.name(), done.digest(), Math.round(done.bytes() / 1e6)));
            built.add(done);
        }
        ImageList.write(out, built);
        say("written to " + out);
        return 0;
    }

    private Set<String> names() {
        Set<String> all = Stream.concat(Arrays.stream(Service.values()).map(Service::label), Stream.of(KAFKA, POSTGRES))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        for (String name : only) {
            if (!all.contains(name)) {
                throw new IllegalArgumentException("--service " + name + " is no image; expected one of " + all);
            }
        }
        return only.isEmpty() ? all : new LinkedHashSet<>(only);
    }

    private Path baseTar() throws IOException {
        if (base != null) {
            return base;
        }
        Path of = jdk == null ? Path.of(System.getProperty("java.home")) : jdk;
        say("linking a runtime of " + of);
        return JdkBase.make(of, work.resolve("jdk"));
    }

    private Recipe tryout(String name, BaseImage image) throws IOException {
        return name.equals(KAFKA)
                ? KafkaRecipe.of(home, LocalModule.classPath(home), image.architecture(), work.resolve("jars"))
                : PostgresRecipe.of(home, image, work);
    }

    private ImageBuilder.Release release() throws IOException {
        Properties build = new Properties();
        try (InputStream properties = Images.class.getResourceAsStream("build.properties")) {
            build.load(properties);
        }
        String version = build.getProperty("version").replace("-SNAPSHOT", "");
        return new ImageBuilder.Release(
                tag == null ? version : tag, Instant.parse(build.getProperty("time")), revision());
    }

    /** The commit, where the sources are a clone and git is there. */
    private Optional<String> revision() {
        if (!Files.exists(home.resolve(".git"))) {
            return Optional.empty();
        }
        try {
            Process git = new ProcessBuilder("git", "-C", home.toString(), "rev-parse", "HEAD")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return answer.matches("[0-9a-f]{40,64}") ? Optional.of(answer) : Optional.empty();
        } catch (IOException noGit) {
            return Optional.empty();
        }
    }

    private void say(String line) {
        System.out.println(line);
    }
}
