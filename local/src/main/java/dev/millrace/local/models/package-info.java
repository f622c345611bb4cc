/** The registry of models, asked over HTTP. A model-service's address comes in; tables for people go out. */
package dev.millrace.local.models;
