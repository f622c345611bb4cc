package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The models that can be scored with now. An alias that moves is followed within {@code millrace.models.poll}; a version
 * that can not be used leaves the alias where it was. While the registry can not be reached, everything stays as it is.
 * A version that nobody needs any more is unloaded, see {@link Model}. Reading is thread-safe and, but for
 * {@link #version} of one that is not loaded, takes no time.
 */
@ApplicationScoped
public class Models {
    private static final Logger LOG = Logger.getLogger(Models.class);

    private final ModelsSettings settings;
    private final MeterRegistry registry;
    private final ModelSource source;
    private final Optional<Seed> seed;
    private final Map<String, Model> loaded = new ConcurrentHashMap<>();
    private final Object loading = new Object();
    private final List<Model> leaving = new ArrayList<>();
    private final Map<String, Meter> infos = new HashMap<>();
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "models");
        thread.setDaemon(true);
        return thread;
    });

    private volatile Catalog catalog = Catalog.EMPTY;
    private volatile Map<String, Map<String, Model>> byAlias = Map.of();
    private volatile Map<String, String> mistakes = Map.of();
    private volatile boolean known;

    @Inject
    Models(ModelsSettings settings, MeterRegistry registry, ModelBook book) {
        this.settings = settings;
        this.registry = registry;
        ModelFolder folder = new ModelFolder(settings.dir());
        this.source = book.isKept() ? book : folder;
        this.seed = book.isKept() ? Optional.of(new Seed(folder, book)) : Optional.empty();
    }

    /** The models of a folder, for programs that start no service. */
    Models(ModelsSettings settings, MeterRegistry registry) {
        this.settings = settings;
        this.registry = registry;
        this.source = new ModelFolder(settings.dir());
        this.seed = Optional.empty();
    }

    /** The version that the alias of that model stands for. */
    public Optional<Model> find(String name, String alias) {
        return Optional.ofNullable(byAlias.getOrDefault(name, Map.of()).get(alias));
    }

    /**
     * That version of that model, loaded if need be; empty if there is none or it can not be used.
     *
     * @throws dev.millrace.service.problem.ProblemException 503 if it is not loaded and the registry can not be reached
     */
    public Optional<Model> version(String name, String version) {
        if (!versions(name).contains(version)) {
            return Optional.empty();
        }
        try {
            return Optional.of(load(name, version));
        } catch (InvalidModelException e) {
            LOG.warnf("model %s, version %s: %s", name, version, e.getMessage());
            return Optional.empty();
        } catch (IOException e) {
            throw Problems.away(new RegistryAwayException("it can not be read: " + e, e));
        } catch (RegistryAwayException e) {
            throw Problems.away(e);
        }
    }

    /** The names of the models, sorted. */
    public List<String> names() {
        return catalog.models().keySet().stream().sorted().toList();
    }

    /** The versions of that model, the oldest first; none if there is no such model. */
    public List<String> versions(String name) {
        return catalog.model(name).versions();
    }

    /** The version that each alias of that model stands for. */
    public Map<String, String> aliases(String name) {
        return catalog.model(name).aliases();
    }

    /** What is wrong with the registry, by model, or {@code *}; empty if nothing is. */
    public Map<String, String> mistakes() {
        return mistakes;
    }

    /**
     * What to do where nobody has registered what that alias of that model stands for. Empty where somebody has, where
     * something is wrong that {@link #mistakes} names, as long as the registry was never read, and where it is a folder: one
     * that lacks a model may be the wrong one, and who has its models goes on answering.
     */
    public Optional<String> unregistered(String name, String alias) {
        Catalog.Entry entry = catalog.model(name);
        if (seed.isEmpty()
                || !known
                || mistakes.containsKey(name)
                || entry.aliases().containsKey(alias)) {
            return Optional.empty();
        }
        return Optional.of(
                entry.versions().isEmpty()
                        ? "it is not registered yet; ./millrace train or ./millrace models register does that"
                        : "it has no such alias; ./millrace models promote gives it to one of the versions "
                                + String.join(", ", entry.versions()));
    }

    /** What the registry is kept in. */
    ModelSource source() {
        return source;
    }

    /** Before the pipelines start, so that they find their models. */
    void start(@Observes @Priority(1) StartupEvent event) {
        String place = settings.dir().toAbsolutePath().toString();
        LOG.infof(
                seed.isPresent()
                        ? "models are read from the registry's database; those in %s are imported"
                        : "models are read from %s",
                place);
        look();
        long poll = settings.poll().toMillis();
        watcher.scheduleWithFixedDelay(this::look, poll, poll, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        watcher.shutdownNow();
    }

    /** Looks at the registry now. */
    synchronized void look() {
        Map<String, String> found = new TreeMap<>();
        try {
            Catalog now = source.catalog();
            if (seed.isPresent()) {
                now = bringSeed(now, found);
            }
            found.putAll(now.mistakes());
            follow(now, found);
        } catch (IOException | RuntimeException e) {
            found.put("*", e instanceof RegistryAwayException ? e.getMessage() : "the registry can not be read: " + e);
        }
        found.forEach((name, mistake) -> {
            if (!mistake.equals(mistakes.get(name))) {
                LOG.errorf("model %s: %s", name, mistake);
            }
        });
        mistakes = Map.copyOf(found);
        known |= !found.containsKey("*");
        unload();
    }

    private Catalog bringSeed(Catalog now, Map<String, String> found) throws IOException {
        Seed.Brought brought;
        try {
            brought = seed.orElseThrow().bring(now);
        } catch (RegistryAwayException e) {
            // What was registered before can be followed all the same.
            found.put("*", e.getMessage());
            return now;
        }
        found.putAll(brought.mistakes());
        return brought.any() ? source.catalog() : now;
    }

    private void follow(Catalog now, Map<String, String> found) throws IOException {
        Map<String, Map<String, Model>> next = new TreeMap<>();
        Map<String, Catalog.Entry> entries = new TreeMap<>();
        for (Map.Entry<String, Catalog.Entry> model : now.models().entrySet()) {
            entries.put(model.getKey(), model.getValue());
            next.put(model.getKey(), follow(model.getKey(), model.getValue(), found));
        }
        for (String asBefore : now.mistakes().keySet()) {
            if (!entries.containsKey(asBefore) && catalog.models().containsKey(asBefore)) {
                entries.put(asBefore, catalog.model(asBefore));
                next.put(asBefore, byAlias.getOrDefault(asBefore, Map.of()));
            }
        }
        catalog = new Catalog(entries, Map.of());
        byAlias = Map.copyOf(next);
        withdraw(next);
    }

    private Map<String, Model> follow(String name, Catalog.Entry entry, Map<String, String> found) throws IOException {
        Map<String, Model> before = byAlias.getOrDefault(name, Map.of());
        Map<String, Model> now = new TreeMap<>();
        for (Map.Entry<String, String> alias : entry.aliases().entrySet()) {
            Model old = before.get(alias.getKey());
            try {
                Model model = load(name, alias.getValue());
                now.put(alias.getKey(), model);
                if (old != model) {
                    announce(name, alias.getKey(), model);
                }
            } catch (InvalidModelException | RegistryAwayException e) {
                // The file may be elsewhere than the registry: one that is away is no reason to leave others as they
                // were.
                found.put(name, e.getMessage());
                if (old != null) {
                    now.put(alias.getKey(), old);
                }
            }
        }
        return now;
    }

    private Model load(String name, String version) throws InvalidModelException, IOException {
        String key = name + "/" + version;
        Model model = loaded.get(key);
        if (model == null) {
            synchronized (loading) {
                model = loaded.get(key);
                if (model == null) {
                    model = ModelLoader.load(source.read(name, version));
                    loaded.put(key, model);
                }
            }
        }
        model.wanted();
        return model;
    }

    /**
     * Frees what no alias stands for and nobody has asked for lately: first nobody finds it any more, and at the next look,
     * when whoever found it in that moment is done with it or holds it, its memory is freed.
     */
    private void unload() {
        byAlias.values().forEach(aliases -> aliases.values().forEach(Model::wanted));
        leaving.removeIf(Models::closed);
        loaded.values().removeIf(model -> {
            boolean unwanted = model.unwantedNanos() > settings.linger().toNanos();
            return unwanted && leaving.add(model);
        });
    }

    private static boolean closed(Model model) {
        String name = model.description().name();
        String version = model.description().version();
        try {
            boolean closed = model.close();
            if (closed) {
                LOG.infof("model %s: version %s is unloaded", name, version);
            }
            return closed;
        } catch (OrtException e) {
            LOG.warnf("model %s: version %s can not be unloaded: %s", name, version, e.getMessage());
            return true;
        }
    }

    private void announce(String name, String alias, Model model) {
        String version = model.description().version();
        LOG.infof("model %s: %s is version %s", name, alias, version);
        Meter old = infos.remove(name + "/" + alias);
        if (old != null) {
            registry.remove(old);
        }
        infos.put(
                name + "/" + alias,
                Gauge.builder("millrace.model.info", () -> 1)
                        .description("Which version an alias stands for.")
                        .tags("model", name, "version", version, "alias", alias)
                        .register(registry));
    }

    /** What is gone is said of nobody any more: that no model is there is known by it. */
    private void withdraw(Map<String, Map<String, Model>> now) {
        infos.entrySet().removeIf(info -> {
            boolean gone = now.entrySet().stream()
                    .noneMatch(model -> model.getValue().keySet().stream()
                            .anyMatch(alias -> info.getKey().equals(model.getKey() + "/" + alias)));
            if (gone) {
                registry.remove(info.getValue());
            }
            return gone;
        });
    }
}
