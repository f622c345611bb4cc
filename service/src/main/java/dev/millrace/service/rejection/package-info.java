/** The way of a refused record to its pipeline's rejected topic. */
package dev.millrace.service.rejection;
