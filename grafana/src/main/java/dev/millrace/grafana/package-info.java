/**
 * The dashboards as they are meant. Boards of rows of panels come in; plain JSON as Grafana loads it goes out, and is what is
 * committed and shipped.
 */
package dev.millrace.grafana;
