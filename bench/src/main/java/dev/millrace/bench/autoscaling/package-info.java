/**
 * What Kubernetes' HorizontalPodAutoscaler does with the chart's targets and windows. In come curves of load and what a replica
 * carries; out comes how many replicas there were when, and how long records waited.
 */
package dev.millrace.bench.autoscaling;
