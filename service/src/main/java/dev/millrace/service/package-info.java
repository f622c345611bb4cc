/**
 * What every service stands on: the pipelines it runs, their topics, its metrics, the way it says no. It knows none of
 * the services.
 */
package dev.millrace.service;
