package dev.millrace.model.registry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The models that can be scored with now. An alias that moves is followed within {@code millrace.models.poll}; a version
 * that can not be used leaves the alias where it was. A version that was loaded stays loaded, because a request may hold
 * it. Reading is thread-safe.
 */
@ApplicationScoped
public class Models {
    private static final Logger LOG = Logger.getLogger(Models.class);

    private final ModelsSettings settings;
    private final MeterRegistry registry;
    private final ModelFolder folder;
    private final Map<String, Model> loaded = new HashMap<>();
    private final Map<String, Meter> infos = new HashMap<>();
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "models");
        thread.setDaemon(true);
        return thread;
    });

    private volatile Map<String, Map<String, Model>> byAlias = Map.of();
    private volatile Map<String, String> mistakes = Map.of();

    Models(ModelsSettings settings, MeterRegistry registry) {
        this.settings = settings;
        this.registry = registry;
        this.folder = new ModelFolder(settings.dir());
    }

    /** The version that the alias of that model stands for. */
    public Optional<Model> find(String name, String alias) {
        return Optional.ofNullable(byAlias.getOrDefault(name, Map.of()).get(alias));
    }

    /** That version of that model, loaded if need be; empty if there is none or it can not be used. */
    public Optional<Model> version(String name, String version) {
        if (!versions(name).contains(version)) {
            return Optional.empty();
        }
        try {
            return Optional.of(load(name, version));
        } catch (InvalidModelException e) {
            LOG.warnf("model %s, version %s: %s", name, version, e.getMessage());
            return Optional.empty();
        }
    }

    /** The names of the models, sorted. */
    public List<String> names() {
        return byAlias.keySet().stream().sorted().toList();
    }

    /** The versions of that model, the oldest first; none if there is no such model. */
    public List<String> versions(String name) {
        try {
            return byAlias.containsKey(name) ? folder.versions(name) : List.of();
        } catch (IOException e) {
            LOG.warnf("model %s: its versions can not be listed: %s", name, e);
            return List.of();
        }
    }

    /** What is wrong with the folder, by model; empty if nothing is. */
    public Map<String, String> mistakes() {
        return mistakes;
    }

    /** Before the pipelines start, so that they find their models. */
    void start(@Observes @Priority(1) StartupEvent event) {
        LOG.infof("models are read from %s", settings.dir().toAbsolutePath());
        look();
        long poll = settings.poll().toMillis();
        watcher.scheduleWithFixedDelay(this::look, poll, poll, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        watcher.shutdownNow();
    }

    private void look() {
        Map<String, String> found = new TreeMap<>();
        Map<String, Map<String, Model>> next = new TreeMap<>();
        try {
            for (String name : folder.names()) {
                next.put(name, follow(name, found));
            }
            byAlias = Map.copyOf(next);
            withdraw(next);
        } catch (IOException | RuntimeException e) {
            found.put("*", "the folder of the models can not be read: " + e);
        }
        found.forEach((name, mistake) -> {
            if (!mistake.equals(mistakes.get(name))) {
                LOG.errorf("model %s: %s", name, mistake);
            }
        });
        mistakes = Map.copyOf(found);
    }

    private Map<String, Model> follow(String name, Map<String, String> found) {
        Map<String, Model> before = byAlias.getOrDefault(name, Map.of());
        Map<String, Model> now = new TreeMap<>();
        try {
            for (Map.Entry<String, String> alias : folder.aliases(name).entrySet()) {
                Model old = before.get(alias.getKey());
                try {
                    Model model = load(name, alias.getValue());
                    now.put(alias.getKey(), model);
                    if (old != model) {
                        announce(name, alias.getKey(), model);
                    }
                } catch (InvalidModelException e) {
                    found.put(name, e.getMessage());
                    if (old != null) {
                        now.put(alias.getKey(), old);
                    }
                }
            }
            return now;
        } catch (InvalidModelException e) {
            found.put(name, e.getMessage());
            return before;
        }
    }

    private synchronized Model load(String name, String version) throws InvalidModelException {
        String key = name + "/" + version;
        Model model = loaded.get(key);
        if (model == null) {
            model = folder.load(name, version);
            loaded.put(key, model);
        }
        return model;
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
