/** The way to the Kubernetes API server: configuration comes in, one client goes out, made when it is first asked for. */
package dev.millrace.service.cluster;
