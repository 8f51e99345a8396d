"""What Prometheus reads: every pod of ours, on the port that it serves."""

from deploy.k8s.shapes import Resource, resource

API = "monitoring.coreos.com/v1"


def monitors() -> list[Resource]:
    """Pods, not Services: workers have none."""
    endpoints = [{"port": "http", "path": "/metrics", "interval": "30s"}]
    halves = {"key": "app.kubernetes.io/component", "operator": "In", "values": ["api", "worker"]}
    spec = {
        "selector": {"matchLabels": {"app.kubernetes.io/part-of": "bassin"}, "matchExpressions": [halves]},
        "podMetricsEndpoints": endpoints,
        # Shown with each series, so that rules and dashboards can name the entry point.
        "podTargetLabels": ["app.kubernetes.io/name", "app.kubernetes.io/component"],
    }
    return [resource(API, "PodMonitor", "bassin", spec)]
