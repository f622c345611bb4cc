/** Processes beside this one: a command comes in, a running process that can be found again and ended goes out. */
package dev.millrace.local.process;
