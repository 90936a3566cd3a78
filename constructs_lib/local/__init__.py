"""The embedded AWS that `make demo` and the end-to-end tests deploy to."""
