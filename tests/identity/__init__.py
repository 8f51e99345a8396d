"""Real logins: Keycloak on the JVM with the realm of deploy/identity, and the services that trust it alone."""
