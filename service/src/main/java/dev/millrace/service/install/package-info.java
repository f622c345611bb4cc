/**
 * Programs that an installation on a cluster runs from the services' images: one applies definitions before an upgrade,
 * one follows events through a release and says whether it works. No service calls them.
 */
package dev.millrace.service.install;
