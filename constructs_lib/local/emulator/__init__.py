"""The server process: ministack, plus what AWS does and it doesn't.

Nothing here is imported by the processes that use the server.
"""
