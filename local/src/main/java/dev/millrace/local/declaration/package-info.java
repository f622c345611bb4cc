/** The declarations of the folder that the services read, for the person in front of the terminal. */
package dev.millrace.local.declaration;
