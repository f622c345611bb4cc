/**
 * The star schema that a declaration asks for. A pipeline comes in; tables that hold its events, or a reason why the ones
 * that are there can not, go out.
 */
package dev.millrace.load.schema;
