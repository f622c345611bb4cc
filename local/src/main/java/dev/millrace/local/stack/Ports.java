package dev.millrace.local.stack;

import dev.millrace.local.port.FreePort;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ports of one stack, once and for all: a process that is started again listens where it did. */
record Ports(int kafka, int postgres, Map<Service, Integer> services) {
    /**
     * The settings' ports, free ones for those that are 0.
     *
     * @throws StackException if ports are taken or wanted twice; the message names each and the option that changes it
     */
    static Ports of(StackSettings settings) {
        Map<String, Integer> wanted = wanted(settings);
        complain(wanted);
        Map<Service, Integer> services = new EnumMap<>(Service.class);
        settings.ports().forEach((service, port) -> services.put(service, FreePort.orAny(port)));
        return new Ports(
                FreePort.orAny(settings.kafkaPort()), FreePort.orAny(settings.postgresPort()), Map.copyOf(services));
    }

    private static Map<String, Integer> wanted(StackSettings settings) {
        Map<String, Integer> wanted = new java.util.LinkedHashMap<>();
        wanted.put("kafka --kafka-port", settings.kafkaPort());
        wanted.put("postgres --postgres-port", settings.postgresPort());
        for (Service service : Service.values()) {
            wanted.put(
                    service.label() + " --port-" + service.label(),
                    settings.ports().get(service));
        }
        wanted.values().removeIf(port -> port == 0);
        return wanted;
    }

    private static void complain(Map<String, Integer> wanted) {
        List<String> complaints = new ArrayList<>();
        Map<Integer, String> owners = new HashMap<>();
        wanted.forEach((who, port) -> {
            String[] words = who.split(" ");
            String other = owners.putIfAbsent(port, words[0]);
            if (other != null) {
                complaints.add("port " + port + " is wanted by " + other + " and by " + words[0]
                        + "; another can be chosen with " + words[1]);
            } else if (FreePort.isTaken(port)) {
                complaints.add("port " + port + " for " + words[0] + " is taken by another program; another can be"
                        + " chosen with " + words[1] + " (0: any free one)");
            }
        });
        Optional<String> message = complaints.stream().reduce((a, b) -> a + System.lineSeparator() + b);
        if (message.isPresent()) {
            throw new StackException(message.get());
        }
    }
}
