"""The smallest application there is, for tests of the server: reads the body, says what it saw, answers as long as asked."""

import os
import resource
import time


def application(environ, start_response):
    """Say process, bytes received, the peak of its memory in KB and the forwarded address; then as many bytes as asked.

    The path says how many seconds it takes.
    """
    received = 0
    time.sleep(float(environ["PATH_INFO"].strip("/") or 0))
    while chunk := environ["wsgi.input"].read(65536):
        received += len(chunk)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    facts = f"{os.getpid()} {received} {peak} {environ.get('HTTP_X_FORWARDED_FOR', '-')}\n".encode()
    length = int(environ.get("QUERY_STRING") or 0)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(facts) + length))])
    return [facts, bytes(length)]
