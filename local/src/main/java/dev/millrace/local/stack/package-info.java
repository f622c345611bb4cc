/** The whole of Millrace as processes of this machine: settings come in, services that answer go out. */
package dev.millrace.local.stack;
