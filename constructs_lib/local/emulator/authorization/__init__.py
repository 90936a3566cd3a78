"""What AWS authorizes for each call, decided before the call is dispatched.

Written by hand from AWS's pages and independent of the project's catalogue, so that a test against this
server can't prove the catalogue with itself.
"""
