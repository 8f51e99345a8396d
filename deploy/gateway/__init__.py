"""One origin for the five services: nginx's configuration, the merged OpenAPI document and its page, from the code itself."""
