/** How a service says no over HTTP: problem details (RFC 9457), with one entry a violation. */
package dev.millrace.service.problem;
