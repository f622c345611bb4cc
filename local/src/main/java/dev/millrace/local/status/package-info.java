/** How a running stack fares. Its processes, metrics and consumer groups come in; lines for people go out. */
package dev.millrace.local.status;
