/** PostgreSQL on one machine: a folder and a port come in, a running database comes out. */
package dev.millrace.local.warehouse;
