/**
 * The chart, rendered by Helm itself: values come in, Kubernetes objects come out and are judged as an API server would
 * and as a user would. What is generated from the chart (its README and schema, the manifests below k8s/) is kept true.
 */
package dev.millrace.chart;
