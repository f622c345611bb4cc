/** How fast Millrace is. The whole runs as processes beside a reference on the same machine; a page of ratios goes out. */
package dev.millrace.bench;
