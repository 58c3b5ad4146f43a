"""What both sides of the pipe agree on."""

import struct

HEAD = struct.Struct("!IQ")  # length of what is said (JSON), length of the bytes behind it
READY = b"ready"
SMALL_SIZE = struct.Struct("!L")  # before the two pictures of a page: how long the small one is
