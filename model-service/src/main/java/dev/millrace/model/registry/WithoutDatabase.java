package dev.millrace.model.registry;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Leaves Hibernate asleep where no database is configured, as Quarkus does with the data source by itself; it would refuse
 * to start otherwise.
 */
public final class WithoutDatabase implements ConfigSourceFactory {
    private static final int BELOW_EVERY_FILE = 50;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        ConfigValue url = context.getValue("quarkus.datasource.jdbc.url");
        boolean configured =
                url != null && url.getValue() != null && !url.getValue().isBlank();
        return List.of(new PropertiesConfigSource(
                Map.of("quarkus.hibernate-orm.active", Boolean.toString(configured)), "database", BELOW_EVERY_FILE));
    }
}
