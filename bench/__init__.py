"""The benchmark: a reference app beside the portal in one server, and ratios measured in one run. See bin/bench."""
