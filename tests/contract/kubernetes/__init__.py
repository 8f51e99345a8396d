"""Manifests against the schemas that Kubernetes and the operators publish, and against the code that they run."""
