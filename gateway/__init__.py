"""The gateway: Envoy with a rendered configuration. No Python stands in a request's path."""
