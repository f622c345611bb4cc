package dev.millrace.images.base;

/** This machine's processor, as images name it. */
final class Processor {
    private Processor() {}

    static String name() {
        String name = System.getProperty("os.arch");
        return switch (name) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> name;
        };
    }
}
