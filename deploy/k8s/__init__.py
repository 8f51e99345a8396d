"""Kubernetes: the parts of the manifests that the code decides are written from it (``python -m deploy.k8s write``)."""
