"""The portal's processes on one machine: embedded servers, their supervisor, the demo. Knows nothing of Django or the rooms."""
