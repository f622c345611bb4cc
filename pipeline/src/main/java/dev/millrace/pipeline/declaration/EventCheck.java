package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.declaration.EventDeclaration.FieldDeclaration;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Text;
import dev.millrace.pipeline.event.TimestampFormat;
import dev.millrace.pipeline.expression.Nearest;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What the event of a declaration can still get wrong: its fields, and which of them are its id, key and time. */
final class EventCheck {
    private static final Pattern NAME = Pattern.compile(EventDeclaration.FIELD_NAME);

    private final EventDeclaration event;
    private final Findings findings;
    private final Set<String> identifying = new HashSet<>();

    EventCheck(EventDeclaration event, Findings findings) {
        this.event = event;
        this.findings = findings;
    }

    /** Reports names that no field can have. */
    void checkNames() {
        Set<String> names = event.fields().keySet();
        if (names.isEmpty()) {
            findings.report("spec.event.fields", "expected at least one field");
        }
        names.forEach(name -> checkName("spec.event.fields." + name, name));
    }

    /** Reports all else. */
    void check() {
        checkMembers();
        checkFormats();
        checkRoles();
    }

    /** The fields that are the event's id and time, as far as they can be, once it is checked. */
    Set<String> identifying() {
        return identifying;
    }

    /** What an event calls its fields has to tell them apart. */
    private void checkMembers() {
        Map<String, String> readBy = new HashMap<>();
        event.fields().forEach((name, field) -> {
            String member = field.from().orElse(name);
            String path = "spec.event.fields." + name + (field.from().isPresent() ? ".from" : "");
            if (member.isBlank() || !Text.isStorable(member)) {
                findings.report(path, "expected what the event calls the field, such as userId; got '" + member + "'");
            }
            String other = readBy.putIfAbsent(member, name);
            if (other != null) {
                findings.report(path, "'" + member + "' is what field '" + other + "' is read from already");
            }
        });
    }

    private void checkFormats() {
        event.fields().forEach((name, field) -> checkFormats("spec.event.fields." + name, field));
    }

    private void checkName(String path, String name) {
        if (!NAME.matcher(name).matches()) {
            findings.report(
                    path,
                    "a field's name is a lower case letter and then letters, digits and underscores, at most 59"
                            + " in all; got '" + name + "'. What the event calls it may be another: "
                            + "user_id: { type: string, from: userId }");
        } else if (DeclarationCheck.RESERVED.contains(name)) {
            findings.report(
                    path, "'" + name + "' is a name that Millrace gives to a column of its own; choose another");
        }
    }

    private void checkFormats(String path, FieldDeclaration field) {
        if (field.type() != FieldType.TIMESTAMP) {
            if (!field.formats().isEmpty()) {
                findings.report(
                        path + ".formats",
                        "only a timestamp has formats, and this is a "
                                + field.type().declaredName());
            }
            if (field.zone().isPresent()) {
                findings.report(
                        path + ".zone",
                        "only a timestamp has a zone, and this is a "
                                + field.type().declaredName());
            }
            return;
        }
        for (int i = 0; i < field.formats().size(); i++) {
            try {
                TimestampFormat.of(field.formats().get(i));
            } catch (IllegalArgumentException e) {
                findings.report(
                        path + ".formats[" + i + "]",
                        "expected iso, epoch_seconds, epoch_millis or a pattern such as yyyy-MM-dd HH:mm:ss: "
                                + e.getMessage());
            }
        }
        field.zone().ifPresent(zone -> {
            try {
                ZoneId.of(zone);
            } catch (DateTimeException e) {
                findings.report(
                        path + ".zone",
                        Nearest.to(zone, ZoneId.getAvailableZoneIds()),
                        "expected a time zone such as Europe/Brussels, got '" + zone + "'");
            }
        });
    }

    private void checkRoles() {
        event.id().ifPresent(name -> checkRole("spec.event.id", name).ifPresent(field -> checkId(name, field)));
        event.key().ifPresent(name -> checkRole("spec.event.key", name));
        checkRole("spec.event.time", event.time()).ifPresent(field -> {
            if (field.type() != FieldType.TIMESTAMP || !field.required()) {
                findings.report(
                        "spec.event.time",
                        "expected a field of type timestamp with required: true, and '"
                                + event.time() + "' is " + (field.required() ? "a required " : "an optional ")
                                + field.type().declaredName());
            } else {
                identifying.add(event.time());
            }
        });
    }

    private void checkId(String name, FieldDeclaration field) {
        boolean fits = field.type() == FieldType.STRING || field.type() == FieldType.INTEGER && field.required();
        if (fits) {
            identifying.add(name);
        } else {
            findings.report(
                    "spec.event.id",
                    "expected a field of type string, or a required one of type integer, and this is "
                            + (field.required() ? "a required " : "an optional ")
                            + field.type().declaredName());
        }
    }

    private Optional<FieldDeclaration> checkRole(String path, String name) {
        FieldDeclaration field = event.fields().get(name);
        if (field == null) {
            findings.report(path, Nearest.to(name, event.fields().keySet()), "no field '" + name + "' in event.fields");
        }
        return Optional.ofNullable(field);
    }
}
