"""Opens what people sent, in a child process that may hang, starve or fall over without taking a request with it.

`process` is the side of the portal: it starts children, asks them and replaces them. All other modules run in the child:
they know bytes and nothing of Django, rows or settings. Called by vault.opening alone.
"""
