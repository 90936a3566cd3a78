"""A client that is made in one module and used three modules on."""
