"""An app in layers."""
