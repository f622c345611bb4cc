/**
 * Which replica does what must be done once: a lease on the API server comes in, yes or no goes out. Without a cluster,
 * each replica is told yes.
 */
package dev.millrace.service.leadership;
