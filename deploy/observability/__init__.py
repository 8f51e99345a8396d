"""What Prometheus and Grafana are given: scrape configuration, alerts, dashboard."""
