/** What JDBC drivers do otherwise than JDBC says. It knows nothing of what is asked of them. */
package dev.millrace.load.jdbc;
