"""The app role, its grants and its boundary: what a running application may do."""
