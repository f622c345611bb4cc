/** Ports of this machine: which are free, and who is told when one is not. */
package dev.millrace.local.port;
