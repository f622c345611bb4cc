package dev.millrace.grafana;

/** What a panel's numbers are, in Grafana's names. */
enum Unit {
    NONE("none"),
    COUNT("short"),
    SECONDS("s"),
    MILLISECONDS("ms"),
    BYTES("bytes"),
    BYTES_PER_SECOND("Bps"),
    PER_SECOND("cps"),
    REQUESTS_PER_SECOND("reqps"),
    RATIO("percentunit"),
    FROM_NOW("dateTimeFromNow"),
    YES_NO("bool_yes_no");

    private final String id;

    Unit(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }
}
