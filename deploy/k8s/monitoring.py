"""What Prometheus reads: every pod of ours, on the port that it serves."""

from deploy.k8s.shapes import Resource, resource

API = "monitoring.coreos.com/v1"


def monitors() -> list[Resource]:
    """Pods, not Services: workers have none."""
    # The labels that prometheus.yml of compose gives: rules and dashboards ask for them.
    pod = "__meta_kubernetes_pod_label_app_kubernetes_io_"
    relabelings = [
        {"sourceLabels": [f"{pod}name"], "targetLabel": "service"},
        {"sourceLabels": [f"{pod}component"], "targetLabel": "part"},
        {"sourceLabels": [f"{pod}component"], "targetLabel": "job", "replacement": "bassin-$1"},
    ]
    endpoints = [{"port": "http", "path": "/metrics", "interval": "30s", "relabelings": relabelings}]
    halves = {"key": "app.kubernetes.io/component", "operator": "In", "values": ["api", "worker"]}
    spec = {
        "selector": {"matchLabels": {"app.kubernetes.io/part-of": "bassin"}, "matchExpressions": [halves]},
        "podMetricsEndpoints": endpoints,
    }
    return [resource(API, "PodMonitor", "bassin", spec)]
