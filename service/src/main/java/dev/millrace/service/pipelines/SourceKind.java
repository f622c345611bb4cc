package dev.millrace.service.pipelines;

/** The places that pipelines can be read from. */
public enum SourceKind {
    /** The files of a folder. */
    FOLDER,
    /** The custom resources of a Kubernetes namespace. */
    KUBERNETES
}
