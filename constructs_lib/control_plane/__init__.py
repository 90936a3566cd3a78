"""Constructs that provision what the control plane configures, one module per resource."""
