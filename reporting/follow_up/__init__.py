"""After the figure: heads take note of targets, a miss is explained, measures have an owner and a day.

`services` does what is done, each in one transaction with its record; `posts` knows who leads a unit now; pages read `queries`.
"""
