"""From a template, policy or account export to principals, findings and reports. Pure Python."""
