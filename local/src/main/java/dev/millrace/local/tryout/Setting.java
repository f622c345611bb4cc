package dev.millrace.local.tryout;

import java.util.Map;

/** A setting of a container: an environment variable and what holds if it is not set. */
enum Setting {
    /** The only folder that is written to. */
    MILLRACE_STATE_DIR("/var/lib/millrace"),
    /** The name under which clients find the broker: the DNS name of its service. */
    MILLRACE_ADVERTISED_HOST("localhost"),
    /** The broker's port. */
    MILLRACE_KAFKA_PORT("9092"),
    /** The port of the broker's controller, on the loopback address. */
    MILLRACE_KAFKA_CONTROLLER_PORT("9093"),
    /** Where PostgreSQL's programs are: the folder above {@code bin}. */
    MILLRACE_POSTGRES_HOME("/opt/postgres"),
    /** The database's port. */
    MILLRACE_POSTGRES_PORT("5432"),
    /** The file whose first line is the password of the database's user. */
    MILLRACE_POSTGRES_PASSWORD_FILE("/etc/millrace/postgres/password");

    private final String usual;

    Setting(String usual) {
        this.usual = usual;
    }

    String in(Map<String, String> environment) {
        String value = environment.get(name());
        return value == null || value.isBlank() ? usual : value.strip();
    }

    int portIn(Map<String, String> environment) {
        String value = in(environment);
        try {
            int port = Integer.parseInt(value);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // Refused below.
        }
        throw new IllegalArgumentException(name() + " is '" + value + "'; expected a port from 1 to 65535");
    }
}
