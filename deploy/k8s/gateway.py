"""The one door: nginx as in compose (``deploy/gateway``), which ends TLS itself and sees who calls (docs/decisions/0008).

An Ingress in front would hide the callers' addresses, by which requests are limited: the Service keeps them
(``externalTrafficPolicy: Local``).
"""

from deploy.k8s.shapes import NAMESPACE, Resource, labels, resource
from deploy.k8s.workloads import GRACE_SECONDS, LINGER_SECONDS, locked, pod_basics, spread

IMAGE = "bassin-gateway"
USER = 10002
CERTIFICATE = "gateway-certificate"
_OWN = labels("gateway", "gateway")


def gateway() -> list[Resource]:
    """Deployment, Service, disruption budget and scaling."""
    alive = {"exec": {"command": ["curl", "-fso", "/dev/null", "http://127.0.0.1:8081/"]}, "timeoutSeconds": 5}
    environment = {
        "GATEWAY_CERTIFICATE": "/run/secrets/gateway/tls.crt",
        "GATEWAY_KEY": "/run/secrets/gateway/tls.key",
        # nginx asks the resolver itself, which knows whole names only.
        "GATEWAY_UPSTREAM": f"$upstream.{NAMESPACE}.svc.cluster.local:8000",
    }
    container = {
        "name": "gateway",
        "image": IMAGE,
        "ports": [{"name": "https", "containerPort": 8443}, {"name": "http", "containerPort": 8080}],
        "envFrom": [{"configMapRef": {"name": "gateway-settings"}}],
        "env": [{"name": name, "value": value} for name, value in environment.items()],
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "startupProbe": {**alive, "periodSeconds": 2, "failureThreshold": 30},
        "livenessProbe": {**alive, "periodSeconds": 30, "failureThreshold": 3},
        "readinessProbe": {**alive, "periodSeconds": 10, "failureThreshold": 2},
        "lifecycle": {"preStop": {"sleep": {"seconds": LINGER_SECONDS}}},
        "securityContext": locked(),
        "volumeMounts": [
            {"name": "tmp", "mountPath": "/tmp"},
            {"name": "certificate", "mountPath": "/run/secrets/gateway", "readOnly": True},
        ],
    }
    items = [{"key": name, "path": name} for name in ("tls.crt", "tls.key")]
    pod = {
        **pod_basics(USER),
        "serviceAccountName": "bassin",
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "topologySpreadConstraints": [
            spread("topology.kubernetes.io/zone", _OWN),
            spread("kubernetes.io/hostname", _OWN),
        ],
        "containers": [container],
        "volumes": [
            # Bodies of imports wait here until they are whole.
            {"name": "tmp", "emptyDir": {"sizeLimit": "512Mi"}},
            {"name": "certificate", "secret": {"secretName": CERTIFICATE, "items": items, "defaultMode": 0o440}},
        ],
    }
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    deployment = {
        "selector": {"matchLabels": _OWN},
        "strategy": rolling,
        "revisionHistoryLimit": 5,
        "progressDeadlineSeconds": 600,
        "template": {"metadata": {"labels": _OWN}, "spec": pod},
    }
    door = {
        "type": "LoadBalancer",
        "externalTrafficPolicy": "Local",
        "selector": _OWN,
        "ports": [
            {"name": "https", "port": 443, "targetPort": "https"},
            {"name": "http", "port": 80, "targetPort": "http"},
        ],
    }
    budget = {"maxUnavailable": 1, "selector": {"matchLabels": _OWN}, "unhealthyPodEvictionPolicy": "AlwaysAllow"}
    scaler = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "gateway"},
        "minReplicas": 1,
        "maxReplicas": 3,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
            }
        ],
    }
    return [
        resource("apps/v1", "Deployment", "gateway", deployment, labels=_OWN),
        resource("v1", "Service", "gateway", door, labels=_OWN),
        resource("policy/v1", "PodDisruptionBudget", "gateway", budget, labels=_OWN),
        resource("autoscaling/v2", "HorizontalPodAutoscaler", "gateway", scaler, labels=_OWN),
    ]
