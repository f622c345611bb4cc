/** How fast records are compressed. */
package dev.millrace.service.compression;
