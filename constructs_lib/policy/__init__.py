"""IAM semantics: documents, matching, effective permissions and decisions. Pure Python."""
