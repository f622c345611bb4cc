/** Which pipelines there are: files come in, started and stopped pipelines go out. */
package dev.millrace.service.pipelines;
