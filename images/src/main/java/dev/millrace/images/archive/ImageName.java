package dev.millrace.images.archive;

/**
 * An image's name.
 *
 * @param repository the name before the colon, without a registry: {@code millrace/ingest}
 * @param tag the name after it
 */
public record ImageName(String repository, String tag) {
    public ImageName {
        if (!tag.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")) {
            throw new IllegalArgumentException("'" + tag + "' is no tag; expected letters, digits, '_', '.' and '-'");
        }
    }

    /** As people write it, and as a pod names it. */
    @Override
    public String toString() {
        return repository + ":" + tag;
    }

    /** As engines keep it: a name without a registry is one of Docker's. */
    String whole() {
        return "docker.io/" + this;
    }
}
