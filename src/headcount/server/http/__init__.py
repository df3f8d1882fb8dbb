"""Sockets, connections and their bounds: the only room that knows an HTTP server."""
