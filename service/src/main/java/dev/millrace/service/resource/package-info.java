/**
 * Pipelines as custom resources of a Kubernetes namespace: resources come in, pipelines, the resources' status and
 * events go out.
 */
package dev.millrace.service.resource;
